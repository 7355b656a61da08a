"""The names of a run's files."""

FORMAT = 1
"""The version of what these files contain; a run of a higher one is refused. Raise it as soon as an earlier version
would misread a run, and freeze a run of the new format in ``tests/runs``."""

RECIPE = "recipe.json"  # the recipe; only training longer changes it
ABOUT = "about.json"  # name, tags, preset, time of creation
PINNED = "pinned"  # empty; present while the run is pinned to the top of tables
HISTORY = "history.csv"  # a line per epoch, appended
WEIGHTS = "model.safetensors"  # after the last epoch, with that epoch's number
STATE = "resume.pt"  # the state to resume from: weights, optimiser, schedule
PREVIEW = "preview.npy"  # eight test images and their reconstructions after the last epoch
REPLAY = "replay.bin"  # 16 reconstructions and 1,000 latent codes after each epoch, appended
METRICS = "metrics.json"  # measured on the test images when training ended
CARD = "README.md"  # a summary for people
LOG = "log.txt"  # events, each with its time, and the traceback of a failure
LOCK = "lock"  # locked by the process that trains the run or waits for its turn; freed as soon as that process dies
TICKET = "ticket"  # a place in the queue, from the request for training until training begins
STOP = "stop"  # a request to stop the run
ERROR = "error.txt"  # why the last attempt failed, in one sentence
THREADS = "threads.txt"  # the number of threads that training uses, since the last bits depend on it; see recording

# In the folder of runs, beside them:
PLACE = ".training.lock"  # locked by the process that is training, because one run trains at a time
SHARED = ".training-{}.lock"  # locked, from 1 on, by processes that train the runs of a sweep beside each other
SWEEPS = ".sweep.lock"  # locked while the runs of a sweep are created
QUEUE = ".queue.lock"  # locked while the queue is changed or the next run is started
EDITS = ".about.lock"  # locked while an about.json is read, changed and written back
