"""A warm trainer: a process that has imported torch and waits, on its standard input, for a run to train.

The dashboard's server keeps one ready (``prepare``), so that training begins at once instead of after seconds of
imports. Once it has a run, it is no different from a process that ``processes.spawn`` starts cold: it has a session of
its own, and the run's log as its standard error. If the server ends before that, the trainer reads the end of its input
and ends too. While it waits, it locks nothing and uses no CPU time.

A process that has trained a run to its end may get the next one in the queue (``serve``).
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from ae import PROJECT
from ae.runs import files, processes, turns
from ae.runs.filenames import LOG

CHECK_SECONDS = 5.0
"""How often to check whether training has ended: the imports of the next warm trainer would slow it down."""

_lock = threading.Lock()
_waiting: "subprocess.Popen[bytes] | None" = None
_wanted = False  # whether this process keeps a warm trainer
_serving = False  # whether this process trains one run of the queue after another
_free = False  # whether it has trained one and may get the next
_next: str | None = None  # the id of that one


def prepare() -> None:
    """Start a warm trainer, unless one is waiting; one that gets a run is replaced as soon as no run is training."""
    global _waiting, _wanted
    with _lock:
        _wanted = True
        if _waiting and _waiting.poll() is None:
            return
        try:
            _waiting = subprocess.Popen(
                [sys.executable, "-m", "ae", "resume", "--queued", "-"],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **processes.detached(),
            )
        except OSError:  # runs are then started cold, which reports the error
            _waiting = None


def spawn(run_path: Path) -> int:
    """Have this process or the warm trainer train a run, or start a cold one; return its process id.

    Raises:
        OSError: the system can't start a process.
    """
    global _free, _next
    if _free:
        _log_errors(run_path / LOG)
        _free, _next = False, run_path.name
        return os.getpid()
    if _wanted:
        _prepare_when_idle(run_path.parent)
    warm = _hand_over(run_path)
    return processes.watch(warm) if warm else processes.spawn(run_path)


def serve(first: str) -> Iterator[str]:
    """Yield the id of a run that the queue started this process for, then of those that it gives to this process.

    It may do so once each has been trained, and ``ended`` called.
    """
    global _serving, _free, _next
    _serving, run = True, first
    try:
        while run:
            yield run
            run, _free, _next = _next or "", False, None
    finally:
        _serving = _free = False


def serving() -> bool:
    """Whether this process trains one run of the queue after another."""
    return _serving


def ended() -> None:
    """Note that training has ended without an error, so that this process may get another run, if it takes any."""
    global _free
    _free = _serving


def _prepare_when_idle(folder: Path) -> None:
    def check() -> None:
        if turns.busy(folder):
            _prepare_when_idle(folder)
        else:
            prepare()

    later = threading.Timer(CHECK_SECONDS, check)
    later.daemon = True
    later.start()


def _hand_over(run_path: Path) -> "subprocess.Popen[bytes] | None":
    """Pass a run to the waiting trainer and return it; None if there is none, or it has ended."""
    global _waiting
    with _lock:
        warm, _waiting = _waiting, None
    if not warm or warm.poll() is not None or not warm.stdin:
        return None
    environment = processes.environment(AE_CHECKPOINTS=str(run_path.parent.resolve()))
    message = {"run": run_path.name, "log": str(run_path.resolve() / LOG), "environment": environment}
    try:
        with warm.stdin:
            warm.stdin.write(json.dumps(message).encode() + b"\n")
    except OSError:  # it has just ended
        return None
    return warm


def wait() -> str | None:
    """Import what training needs, then wait for a run; return its id, or None if the server has ended."""
    try:
        import scipy.spatial  # noqa: F401 - for the nearest neighbours when measuring

        from ae.runs import recording  # noqa: F401
        from ae.train import optimisers  # noqa: F401

        message = sys.stdin.buffer.readline()
    except KeyboardInterrupt:
        os.close(sys.stdin.fileno())  # ending takes seconds, in which the server would hand a run over
        raise
    if not message:
        return None
    asked = json.loads(message)
    os.environ.update(asked["environment"])
    _log_errors(Path(asked["log"]))
    return str(asked["run"])


def _log_errors(path: Path) -> None:
    """Make a run's log the standard error, also of native libraries.

    Raises:
        OSError: it can't be written.
    """
    with files.open_to_append(path) as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
