"""Start training processes so that they outlive their parent on every system, and notice when they end."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ae import PROJECT
from ae.runs import files
from ae.runs.filenames import LOG

_children: dict[int, "subprocess.Popen[bytes]"] = {}  # started by this process and not known to have ended
_ended: dict[int, int] = {}  # their exit codes


def spawn(run_path: Path) -> int:
    """Start ``python -m ae resume --queued RUN``, detached from this process and its terminal; return its process id.

    Its standard error, such as the traceback of a failed import, goes into the run's log.

    Raises:
        OSError: the system can't start it.
    """
    with files.open_to_append(run_path / LOG) as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "ae", "resume", "--queued", run_path.name],
            cwd=PROJECT,
            env=environment(AE_CHECKPOINTS=str(run_path.parent.resolve())),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            **detached(),
        )
    return watch(child)


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment for one that works in PROJECT, so relative folders are made absolute."""
    folders = {name: os.environ[name] for name in ("AE_CHECKPOINTS", "AE_DATA") if os.environ.get(name)}
    return {**os.environ, **{name: str(Path(folder).resolve()) for name, folder in folders.items()}, **changes}


def detached() -> dict[str, Any]:
    """Return the arguments for ``Popen`` that let a process outlive its parent and the parent's terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def watch(child: "subprocess.Popen[bytes]") -> int:
    """Keep track of a child process, so that its end is noticed at once; return its process id."""
    _children[child.pid] = child
    _ended.pop(child.pid, None)  # of an earlier process with the same id
    threading.Thread(
        target=child.wait, daemon=True
    ).start()  # otherwise other processes would see it until this one polls it
    return child.pid


def alive(process: int) -> bool:
    """Whether the process with this id is alive. One that has ended and that its parent has yet to reap is not.

    One that was killed is alive, on Linux, until its last thread has ended: until then it holds its locks.

    This is exact for children of this process. For others, an id that the system has reused counts as alive, so callers
    set a time limit.
    """
    if child := _children.get(process):
        code = child.poll()
        if code is not None:
            _ended[process] = code
            del _children[process]
        return code is None
    return process > 0 and process not in _ended and _exists(process)


def exit_code(process: int) -> int | None:
    """Return the exit code of a child process; None if it is unknown or the process has not ended."""
    alive(process)
    return _ended.get(process)


def _exists(process: int) -> bool:
    if sys.platform == "win32":  # where os.kill(process, 0) would end it
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x00100000, False, process)  # SYNCHRONIZE
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == 0x102)  # WAIT_TIMEOUT: it has not ended
        finally:
            kernel.CloseHandle(handle)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    try:  # orphans may wait for seconds, in a container for ever, until the system's first process reaps them
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        state, threads = fields[0], int(fields[17])
        return state not in ("Z", "X") or threads > 1  # the state is its first thread's, which may end before others
    except (OSError, IndexError):  # a Mac, where they do not wait, or it has ended meanwhile
        return sys.platform != "linux"
