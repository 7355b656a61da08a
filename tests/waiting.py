"""Wait for another process, without guessing how long it takes."""

import time


def wait_for(condition, seconds=60, what=""):
    """Return the first true value of ``condition()``; fail after a timeout."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what or condition}"
        time.sleep(0.02)
