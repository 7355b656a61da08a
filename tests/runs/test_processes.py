"""A training process outlives its parent on every system, and its end is noticed."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from waiting import wait_for

from ae.runs import filenames, files, processes
from ae.runs.folders import runs_folder


@pytest.fixture
def child():
    """A child process that lives until its standard input is closed."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()))"], stdin=-1) as process:
        yield process
        process.kill()


def test_the_end_of_a_child_and_its_exit_code_are_noticed_at_once(child):
    assert processes.watch(child) == child.pid
    assert processes.alive(child.pid)
    assert processes.exit_code(child.pid) is None
    child.communicate(b"abc")
    assert not processes.alive(child.pid)
    assert processes.exit_code(child.pid) == 3
    assert not processes.alive(child.pid)  # asked again


def test_a_child_that_ended_is_reaped_even_if_this_process_never_checks(child):
    processes.watch(child)
    child.kill()
    wait_for(lambda: not processes._exists(child.pid))
    wait_for(lambda: child.returncode is not None)  # by nobody but ``watch``
    assert processes.exit_code(child.pid) == child.returncode


def test_a_process_of_others_is_known_to_be_alive_or_not(child):
    assert processes.alive(os.getpid())
    assert processes.alive(os.getppid())
    assert processes.alive(child.pid)
    child.kill()
    child.wait()
    wait_for(lambda: not processes.alive(child.pid))
    assert processes.exit_code(child.pid) is None
    assert not any(map(processes.alive, (0, -1, 2**70)))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing waits to be reaped")
def test_a_process_that_waits_to_be_reaped_has_ended(child):
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # without reaping it
    os.kill(child.pid, 0)  # the system still knows it
    assert not processes.alive(child.pid)


ENDS_ITS_FIRST_THREAD = """
import ctypes, fcntl, platform, sys, threading
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
threading.Thread(target=sys.stdin.read).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)  # exit, of this thread alone
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing waits to be reaped")
def test_a_process_is_alive_as_long_as_any_of_its_threads_holds_its_locks(tmp_path):
    lock = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", ENDS_ITS_FIRST_THREAD, str(lock)], stdin=-1) as child:
        try:
            stat = Path(f"/proc/{child.pid}/stat")
            wait_for(lambda: ") Z " in stat.read_text())
            assert files.locked(lock)
            assert processes.alive(child.pid)
        finally:
            child.kill()
        wait_for(lambda: not processes.alive(child.pid))
        assert not files.locked(lock)


@pytest.fixture
def popen(monkeypatch):
    """Record the arguments of ``Popen`` instead of starting anything."""
    called = {}

    def popen(command, **options):
        called.update(options, command=command)
        return types.SimpleNamespace(pid=2**22 + 1, poll=lambda: None, wait=lambda: None)

    monkeypatch.setattr(subprocess, "Popen", popen)
    yield called
    processes._children.pop(2**22 + 1, None)


def test_a_process_for_a_run_is_detached_from_this_one(popen, tmp_path):
    (tmp_path / "a-run").mkdir()
    assert processes.alive(processes.spawn(tmp_path / "a-run"))
    assert popen["command"][1:] == ["-m", "ae", "resume", "--queued", "a-run"]
    assert popen["env"]["AE_CHECKPOINTS"] == str(tmp_path)
    assert popen["stderr"].name == str(tmp_path / "a-run" / filenames.LOG)
    assert popen["start_new_session"]
    assert "creationflags" not in popen


def test_relative_folders_are_those_of_the_process_that_starts_another(popen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AE_DATA", "data")
    monkeypatch.setenv("AE_CHECKPOINTS", "runs")
    (tmp_path / "runs" / "a-run").mkdir(parents=True)
    processes.spawn(runs_folder() / "a-run")
    assert popen["cwd"] != tmp_path
    assert popen["env"]["AE_DATA"] == str(tmp_path / "data")
    assert popen["env"]["AE_CHECKPOINTS"] == str(tmp_path / "runs")


def test_a_process_is_detached_on_windows_too_by_simulation(popen, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "DETACHED_PROCESS", 8, raising=False)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    processes.spawn(tmp_path)
    assert popen["creationflags"] == 520
    assert "start_new_session" not in popen


@pytest.mark.parametrize(("handle", "wait", "lives"), [(0, None, False), (7, 0x102, True), (7, 0, False)])
def test_on_windows_a_process_is_checked_without_a_signal_by_simulation(monkeypatch, handle, wait, lives):
    import ctypes

    closed = []
    kernel = types.SimpleNamespace(
        OpenProcess=lambda *_: handle, WaitForSingleObject=lambda *_: wait, CloseHandle=closed.append
    )
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", types.SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("on Windows this would end the process"))
    assert processes.alive(1234) == lives
    assert closed == [handle] * bool(handle)
