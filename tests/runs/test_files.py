"""Files are replaced atomically, and a lock is freed when its owner dies."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
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


def test_replacing_writes_the_full_content(tmp_path):
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


def test_a_reader_sees_the_old_or_the_new_content_even_if_the_writer_is_killed(tmp_path, python):
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


def test_new_content_is_synchronised_before_it_replaces_the_old(tmp_path, monkeypatch):
    order, fsync, replace = [], os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda path, to: (order.append("replace"), replace(path, to))[1])
    files.replace(tmp_path / "file", b"content")
    files.append(tmp_path / "log", "line\n")
    assert order == ["fsync", "replace", "fsync"]


def test_untrusted_texts_are_read_if_they_are_files_of_a_sane_size(tmp_path):
    path = tmp_path / "text"
    with pytest.raises(FileNotFoundError):
        files.read_text(path)
    path.write_bytes(b"caf\xc3\xa9 \xff")
    assert files.read_text(path) == "café \N{REPLACEMENT CHARACTER}"
    os.truncate(path, files.LARGEST_TEXT + 1)
    with pytest.raises(ValueError, match="too large"):
        files.read_text(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ValueError, match="is not a file"):
        files.read_text(path)


def test_json_is_readable_by_people():
    assert files.to_json({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}\n'


# ------------------------------------------------------------------------------------------- what killed writes leave


def aged(path, seconds):
    os.utime(path, (time.time() - seconds,) * 2)


def test_sweeping_deletes_abandoned_temporary_files_of_these_names_alone(tmp_path):
    for name in (".about.json-abc", ".about.json-new", ".other-abc", "about.json", ".hidden"):
        (tmp_path / name).write_bytes(b"")
        aged(tmp_path / name, 10 if name.endswith("new") else 2 * files.ABANDONED_SECONDS)
    files.sweep(tmp_path, ["about.json", "recipe.json"])
    assert {path.name for path in tmp_path.iterdir()} == {".about.json-new", ".other-abc", "about.json", ".hidden"}
    files.sweep(tmp_path, ["about.json"], older_than=0)
    assert not (tmp_path / ".about.json-new").exists()


def test_sweeping_folders_does_not_follow_links(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").write_bytes(b"")
    (tmp_path / ".new-a" / "inside").mkdir(parents=True)
    (tmp_path / ".new-b").symlink_to(tmp_path / "elsewhere")
    files.sweep_folders(tmp_path, ".new-")
    assert (tmp_path / ".new-a").exists()  # it may still be in the making
    files.sweep_folders(tmp_path, ".new-", older_than=0)
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
    assert (tmp_path / "elsewhere" / "precious").exists()


# ------------------------------------------------------------------------------------ Windows, by simulation: never run


def refusing(times, path_method, patch):
    """Make a method of ``Path`` fail some times, as on Windows while another process has the file open."""
    original, left = getattr(Path, path_method), iter(range(times))

    def method(path, *args, **kwargs):
        if next(left, None) is not None:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return original(path, *args, **kwargs)

    patch.setattr(Path, path_method, method)


@pytest.mark.parametrize(
    ("method", "action"),
    [
        ("replace", lambda path: files.replace(path, b"new")),
        ("read_bytes", lambda path: files.read_text(path) == "old" or pytest.fail("another text")),
        ("unlink", files.remove),
    ],
)
def test_on_windows_an_action_on_an_open_file_is_retried(tmp_path, monkeypatch, method, action):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        refusing(3, method, patch)
        with pytest.raises(PermissionError):  # elsewhere the error is final
            action(path)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        refusing(3, method, patch)
        action(path)
    assert not list(tmp_path.glob(".*"))


def test_on_windows_a_file_that_stays_open_is_an_error_in_the_end(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(files, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(sys, "platform", "win32")
    refusing(10_000, "replace", monkeypatch)
    with pytest.raises(PermissionError):
        files.replace(path, b"new")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


def test_nothing_that_windows_lacks_is_imported_or_called_for_locks():
    for path in sorted((ROOT / "ae").rglob("*.py")):
        assert "fcntl" not in path.read_text(encoding="utf-8"), path


# -------------------------------------------------------------------------------------------------------------- locks


def test_a_file_is_locked_as_long_as_the_process_lives_and_no_longer(tmp_path, python):
    lock = tmp_path / "lock"
    assert not files.locked(lock)
    assert not lock.exists()  # checking leaves no file behind
    holder = python(HOLD, lock)
    assert files.locked(lock)
    assert files.locked(lock)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not files.locked(lock)
    assert not files.locked(lock)


def test_checking_does_not_keep_the_lock(tmp_path):
    lock = tmp_path / "lock"
    with FileLock(lock):
        assert files.locked(lock)  # also of this process itself
    assert not files.locked(lock)
    with FileLock(lock, timeout=0):
        pass


def test_a_file_that_can_not_be_locked_is_not_locked(tmp_path):
    assert not files.locked(tmp_path / "no" / "such" / "lock")
    (tmp_path / "folder").mkdir()
    assert not files.locked(tmp_path / "folder")


ASK = """
import sys, time
from pathlib import Path
from ae.runs import files
print("ready", flush=True)
while True:
    files.locked(Path(sys.argv[1]))
    time.sleep(0.002)
"""


def test_processes_that_check_a_lock_at_the_same_time_do_not_mistake_each_other_for_its_owner(tmp_path, python):
    lock = tmp_path / "lock"
    lock.touch()
    python(ASK, lock)
    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(lambda _: files.locked(lock), range(400)))
    with FileLock(lock, timeout=5), ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: files.locked(lock), range(40)))
