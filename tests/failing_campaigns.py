"""Trials that fail, die and hang; nothing here imports torch, so that a process which runs them begins at once."""

import itertools
import os
import time


def every_third_fails(random):
    for n in itertools.count(1):
        yield "" if n % 3 else f"lost {random.random()}"


def dies(random):
    yield ""
    os._exit(3)


def hangs(random):
    yield ""
    time.sleep(1000)
