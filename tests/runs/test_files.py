"""Files change whole or not at all, and a lock dies with its holder."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from waiting import wait_for

import ae
from ae.runs import files

ROOT = Path(ae.__file__).parent.parent


@pytest.fixture
def python():
    """Start a Python process; all of them are ended with the test."""
    started = []

    def start(script, *arguments):
        command = [sys.executable, "-c", script, *map(str, arguments)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


HOLD = """
import sys, threading
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("ready", flush=True)
    threading.Event().wait()
"""

REPLACE = """
import sys
from pathlib import Path
from ae.runs import files
print("ready", flush=True)
while True:
    for letter in (b"a", b"b"):
        files.replace(Path(sys.argv[1]), letter * 3_000_000, sync=False)
"""


def test_replacing_puts_the_whole_content_there(tmp_path):
    path = tmp_path / "file"
    for content in (b"old", b"", b"new and longer"):
        files.replace(path, content)
        assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_a_replacement_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step, kind):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_, **__):
        raise kind

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(kind):
            files.replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_who_reads_while_another_process_replaces_sees_one_content_or_the_other_even_if_that_is_killed(
    tmp_path, python
):
    path, seen = tmp_path / "file", []
    files.replace(path, b"a" * 3_000_000)
    process = python(REPLACE, path)
    wait_for(lambda: seen.append(path.read_bytes()) or len({content[:1] for content in seen[-50:]}) == 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    seen.append(path.read_bytes())
    assert all(content in (b"a" * 3_000_000, b"b" * 3_000_000) for content in seen)


def test_appended_text_is_there_at_once_and_in_order(tmp_path):
    for n in range(3):
        files.append(tmp_path / "log", f"line {n} ü\n", sync=n != 1)
        assert (tmp_path / "log").read_text(encoding="utf-8") == "".join(f"line {k} ü\n" for k in range(n + 1))


def test_what_is_to_stay_is_synchronised_before_it_takes_the_place_of_the_old(tmp_path, monkeypatch):
    order, fsync, replace = [], os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda path, to: (order.append("replace"), replace(path, to))[1])
    files.replace(tmp_path / "file", b"content")
    files.append(tmp_path / "log", "line\n")
    assert order == ["fsync", "replace", "fsync"]


def test_texts_of_strangers_are_read_if_they_are_files_of_a_sane_size(tmp_path):
    path = tmp_path / "text"
    with pytest.raises(FileNotFoundError):
        files.read_text(path)
    path.write_bytes(b"caf\xc3\xa9 \xff")
    assert files.read_text(path) == "café \N{REPLACEMENT CHARACTER}"
    os.truncate(path, files.LARGEST_TEXT + 1)
    with pytest.raises(ValueError, match="larger than it can be"):
        files.read_text(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="is not a file"):
        files.read_text(path)


def test_json_is_for_people_too():
    assert files.to_json({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}\n'


# -------------------------------------------------------------------------------------------------------------- locks


def test_a_lock_is_held_as_long_as_its_process_lives_and_no_longer(tmp_path, python):
    lock = tmp_path / "lock"
    assert not files.held(lock)
    assert not lock.exists()  # who looks leaves nothing behind
    holder = python(HOLD, lock)
    assert files.held(lock)
    assert files.held(lock)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not files.held(lock)
    assert not files.held(lock)


def test_who_only_looks_does_not_keep_the_lock(tmp_path):
    lock = tmp_path / "lock"
    with FileLock(lock):
        assert files.held(lock)
    assert not files.held(lock)
    with FileLock(lock, timeout=0):
        pass


def test_what_can_not_be_locked_is_not_held(tmp_path):
    assert not files.held(tmp_path / "no" / "such" / "lock")
    (tmp_path / "folder").mkdir()
    assert not files.held(tmp_path / "folder")


def test_who_only_looks_is_never_taken_for_a_holder_however_slowly_it_looks(tmp_path):
    lock = tmp_path / "lock"
    with lock.open("w") as another:  # a look is a shared lock, here by somebody who takes his time
        fcntl.flock(another, fcntl.LOCK_SH)
        assert not files.held(lock)
    with FileLock(lock):
        assert files.held(lock)
