"""The names of a run's files."""

FORMAT = 1


RECIPE = "recipe.json"  # the recipe, never changed


ABOUT = "about.json"  # name, preset, when it was made; may be changed


HISTORY = "history.csv"  # a line an epoch, appended


WEIGHTS = "model.safetensors"  # after the last epoch, with the epoch's number beside them


STATE = "resume.pt"  # what going on needs: weights, optimiser, schedule; gone once the run is finished


PREVIEW = "preview.npy"  # eight test images and their reconstructions after the last epoch


REPLAY = "replay.bin"  # 16 images and 1,000 codes as they were after each epoch, appended


METRICS = "metrics.json"  # measured on the test images when training ended


CARD = "README.md"  # all of this for people


LOG = "log.txt"  # what happened, and the traceback of a failure


LOCK = "lock"  # held by the process that trains the run, and free the moment it dies


TICKET = "ticket"  # a place in the queue: when it was asked for; gone when its turn comes


PLACE = ".training.lock"  # beside the runs, not in one: held by whoever trains, for one run trains at a time


STOP = "stop"  # somebody asked the run to stop


ERROR = "error.txt"  # why the last attempt failed, one sentence
