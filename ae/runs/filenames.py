"""The names of a run's files."""

FORMAT = 1

RECIPE = "recipe.json"  # the recipe; changed by training longer alone
ABOUT = "about.json"  # name, tags, preset, when it was made
HISTORY = "history.csv"  # a line per epoch, appended
WEIGHTS = "model.safetensors"  # after the last epoch, with that epoch's number
STATE = "resume.pt"  # what training needs to go on: weights, optimiser, schedule
PREVIEW = "preview.npy"  # eight test images and their reconstructions after the last epoch
REPLAY = "replay.bin"  # 16 reconstructions and 1,000 latent codes after each epoch, appended
METRICS = "metrics.json"  # measured on the test images when training ended
CARD = "README.md"  # a summary for people
LOG = "log.txt"  # what happened, and the traceback of a failure
LOCK = "lock"  # locked by the process that trains the run, or waits with it; free the moment that process dies
TICKET = "ticket"  # a place in the queue, from when a person asked for training until it begins
STOP = "stop"  # a person asked the run to stop
ERROR = "error.txt"  # why the last attempt failed, in one sentence

# Beside the runs, not in one:
PLACE = ".training.lock"  # locked by the process that trains, because one run trains at a time
QUEUE = ".queue.lock"  # locked while the queue is changed or the next run is started
EDITS = ".about.lock"  # locked while an about.json is read, changed and written back
