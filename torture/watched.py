"""A child process that does one task after another, watched: its time, its memory, and whether it runs foreign code.

A task that hangs or takes all the memory ends only the child. The parent then starts another one.
"""

import contextlib
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

from ae import PROJECT

SECONDS = 2.0
"""The most processor time that a task may take."""

PATIENCE = 20.0
"""After so many seconds a task hangs: more than SECONDS, because other processes may be using the processors."""

MEGABYTES = 200
"""The most memory that a task may take beyond what it says it needs."""

CEILING = 4 * 2**30
"""The address space, in bytes, that the child may use beyond what it has when it is ready."""

FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn")
"""Events of Python's audit that mean that a file's content was run."""


class Watched:
    """A child process for tasks.

    Args:
        function: what does a task, as "module:function"; it returns what went wrong, empty if nothing did.
        environment: of the child, beyond this process's.
        seconds: the most processor time for a task.
        prefix: what the child's command begins with.
    """

    def __init__(
        self,
        function: str,
        *,
        environment: dict[str, str] | None = None,
        seconds: float = SECONDS,
        prefix: Sequence[str] = (),
    ) -> None:
        self._command = [*prefix, sys.executable, "-m", "torture.watched", function]
        self._environment = {**os.environ, **(environment or {})}
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def do(self, task: dict[str, Any]) -> str:
        """Have the child do a task; return what went wrong, empty if nothing did."""
        child = self._child or self._start()
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps(task).encode() + b"\n")
        child.stdin.flush()
        patience = max(PATIENCE, 3 * self._seconds)
        if not select.select([child.stdout], [], [], patience)[0]:
            self._end()
            return f"no answer within {patience:g} s"
        line = child.stdout.readline()
        if not line:
            code = child.wait()
            self._end()
            return f"the process ended with code {code}: {self._last_error()}"
        answer = json.loads(line)
        if answer["wrong"]:
            return str(answer["wrong"])
        if answer["seconds"] > self._seconds:
            return f"{answer['seconds']:.1f} s of processor time"
        if answer["megabytes"] > MEGABYTES:
            return f"{answer['megabytes']:.0f} MB of memory"
        return ""

    def close(self) -> None:
        """End the child."""
        self._end()
        self._errors.close()

    def _start(self) -> "subprocess.Popen[bytes]":
        self._child = subprocess.Popen(
            self._command,
            cwd=PROJECT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self._child.stdout
        if self._child.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the child can't start: {self._last_error()}")
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _last_error(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()[-300:]


def main(name: str) -> None:
    """Do the tasks that come as lines of JSON on standard input; answer each with a line on standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a task prints is not an answer
    module, _, attribute = name.partition(":")
    function: Callable[[dict[str, Any]], str] = getattr(importlib.import_module(module), attribute)
    torch.set_num_threads(1)  # those of tiny networks would wait for each other
    _limit_memory()
    ran: list[str] = []
    sys.addaudithook(lambda event, _: ran.append(event) if event in FORBIDDEN else None)
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        ran.clear()
        before = _begin_memory()
        begin = time.process_time()
        try:
            wrong = function(json.loads(line))
        except Exception:
            wrong = _where()
        answer = {
            "wrong": wrong or (f"ran {', '.join(sorted(set(ran)))}" if ran else ""),
            "seconds": time.process_time() - begin,
            "megabytes": (_memory("VmHWM") - before) / 1024,
        }
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _where() -> str:
    """Return the exception that is being handled, and where it was raised, in one line."""
    kind, error, trace = sys.exc_info()
    frames = [frame for frame in traceback.extract_tb(trace) if str(PROJECT) in frame.filename]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[:-4:-1])
    return f"{kind.__name__ if kind else ''}: {' '.join(str(error).split())[:200]} ({places})"


def _limit_memory() -> None:
    """Let a task that takes far too much memory fail before the machine suffers, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = _memory("VmSize") * 1024 + CEILING
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _begin_memory() -> int:
    """Return the memory in use, in KiB, and measure the peak from now on, on Linux; 0 elsewhere."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(field: str) -> int:
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return int(text.partition(f"{field}:")[2].split()[0])


if __name__ == "__main__":
    main(sys.argv[1])
