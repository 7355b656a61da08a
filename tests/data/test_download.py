"""A download is complete or leaves nothing behind, whatever the server does."""

import gzip
import hashlib
import http.server
import socket
import threading
import urllib.error
import urllib.request

import pytest
import torchvision
from tiny_mnist import FILES, write_tiny_mnist

import ae.data.download
from ae.data import sources
from ae.data.datasets import load
from ae.data.download import download, published
from ae.data.sources import DataError, is_here


class Server(http.server.ThreadingHTTPServer):
    """Serves four tiny files; for one of them (``victim``), under ``mirror``, it misbehaves as ``mischief`` says."""

    files: dict
    mischief = ""
    victim = FILES[2] + ".gz"
    mirror = "/"
    asked = 0

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.waiting, self.go = threading.Semaphore(0), threading.Semaphore(0)


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        self.close_connection = True
        name = self.path.rpartition("/")[2]
        body = self.server.files.get(name, b"")
        mischief = (
            self.server.mischief if name == self.server.victim and self.path.startswith(self.server.mirror) else ""
        )
        if mischief == "404" or not body:
            self.send_error(404)
            return
        if mischief == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
            return
        if mischief in ("waits", "hangs"):
            self.server.waiting.release()
            self.server.go.acquire(timeout=20)
        if mischief == "login page":
            body = b"<html>Please sign in to this network</html>"
        self.send_response(200)
        if mischief == "cut in a chunk":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(body) + body[: len(body) // 2])
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if mischief == "cut half way" else body)

    def log_message(self, *_):
        pass


def change_mnist(monkeypatch, *, mirrors=None, checksums=None):
    """Replace torchvision's mirrors or checksums of MNIST."""
    if mirrors:
        monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", list(mirrors))
    if checksums:
        resources = [(f"{name}.gz", checksum) for name, checksum in zip(FILES, checksums, strict=True)]
        monkeypatch.setattr(torchvision.datasets.MNIST, "resources", resources)


def checksums(server):
    return tuple(hashlib.md5(packed).hexdigest() for packed in server.files.values())


@pytest.fixture
def server(tmp_path, monkeypatch):
    content = write_tiny_mnist(tmp_path / "original")
    raw = tmp_path / "original" / "MNIST" / "raw"
    with Server(("127.0.0.1", 0), Answer) as server:
        server.files = {name + ".gz": gzip.compress((raw / name).read_bytes()) for name in FILES}
        server.content = content
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        mirrors = tuple(f"http://127.0.0.1:{server.server_port}/{name}/" for name in "ab")
        change_mnist(monkeypatch, mirrors=mirrors, checksums=checksums(server))
        patience = socket.getdefaulttimeout()
        yield server
        socket.setdefaulttimeout(patience)
        server.shutdown()
        thread.join()


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


WHOLE = sorted(f"MNIST/raw/{name}" for name in FILES)


def test_a_download_is_complete_and_announced(server, tmp_path):
    root, messages = tmp_path / "data", []
    loaded = load("mnist", root, say=messages.append)
    assert loaded.images.numpy().tolist() == server.content[0][:, None].tolist()
    assert loaded.test_labels.tolist() == server.content[3].tolist()
    assert everything_in(root) == WHOLE
    assert messages == [f"Downloading MNIST, 12 MB, into {root}", "MNIST is downloaded"]


def test_a_dataset_is_not_downloaded_again(server, tmp_path):
    load("mnist", tmp_path / "data")
    asked = server.asked
    load("mnist", tmp_path / "data")
    assert server.asked == asked


def test_a_download_prints_nothing_on_standard_output(server, tmp_path, capsys):
    server.mischief = "404"
    with pytest.raises(DataError):
        download("mnist", tmp_path / "data")
    server.mischief = ""
    download("mnist", tmp_path / "data")
    assert capsys.readouterr().out == ""


REASONS = {
    "404": "the server responded with status 404)",
    "cut half way": "the connection ended too early)",
    "cut in a chunk": "the connection ended too early)",
    "login page": "",  # the file has the wrong checksum
    "garbage": "",
    "hangs": "the server sent nothing for 0.5 s)",
}


@pytest.mark.parametrize("mischief", ["404", "cut half way", "cut in a chunk", "login page", "garbage", "hangs"])
def test_a_server_that_misbehaves_causes_a_message_and_leaves_no_file(server, tmp_path, mischief, monkeypatch):
    root, messages = tmp_path / "data", []
    server.mischief = mischief
    monkeypatch.setattr(ae.data.download, "PATIENCE", 0.5)
    socket.setdefaulttimeout(7)
    with pytest.raises(DataError) as caught:
        load("mnist", root, say=messages.append)
    sentence = str(caught.value)
    assert sentence.startswith(f"MNIST could not be downloaded ({REASONS[mischief]}")
    assert "\n" not in sentence
    for advice in ("try again with a network", "AE_DATA", "MNIST/raw", "'digits', which needs no download"):
        assert advice in sentence
    assert everything_in(root) == []
    assert not list(root.rglob(".*"))
    assert not is_here("mnist", root)
    assert messages == [f"Downloading MNIST, 12 MB, into {root}"]
    assert socket.getdefaulttimeout() == 7
    server.go.release(2)
    server.mischief = ""
    load("mnist", root)
    assert everything_in(root) == WHOLE


def test_two_downloads_at_once_change_no_timeout_of_the_process(server, tmp_path):
    server.mischief, before = "waits", socket.getdefaulttimeout()
    threads = [threading.Thread(target=download, args=("mnist", tmp_path / name)) for name in "ab"]
    for thread in threads:
        thread.start()
        assert server.waiting.acquire(timeout=20)  # it is midway when the other one begins
    during = socket.getdefaulttimeout()
    server.go.release(2)
    for thread in threads:
        thread.join()
    assert before == during == socket.getdefaulttimeout()
    assert everything_in(tmp_path / "a") == everything_in(tmp_path / "b") == WHOLE


def test_a_second_download_of_a_dataset_waits_and_then_requests_nothing(server, tmp_path):
    server.mischief = "waits"
    threads = [threading.Thread(target=download, args=("mnist", tmp_path / "data")) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert server.waiting.acquire(timeout=20)
    server.go.release(2)
    for thread in threads:
        thread.join()
    assert everything_in(tmp_path / "data") == WHOLE
    assert server.asked == len(FILES)


def test_a_file_with_another_checksum_is_not_kept(server, tmp_path, monkeypatch):
    change_mnist(monkeypatch, checksums=("0" * 32,) * 4)
    with pytest.raises(DataError, match="could not be downloaded"):
        download("mnist", tmp_path / "data")
    assert everything_in(tmp_path / "data") == []


def test_a_file_that_is_not_idx_is_not_kept_even_if_its_checksum_is_right(server, tmp_path, monkeypatch):
    server.files[server.victim] = gzip.compress(b"not an idx file")
    change_mnist(monkeypatch, checksums=checksums(server))
    with pytest.raises(DataError, match=r"could not be downloaded \(.*damaged"):
        download("mnist", tmp_path / "data")
    assert everything_in(tmp_path / "data") == []


def test_an_unreachable_server_is_reported_too(server, tmp_path, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        change_mnist(monkeypatch, mirrors=(f"http://127.0.0.1:{unused.getsockname()[1]}/",))
        with pytest.raises(DataError, match=r"the server refused the connection.*try again with a network"):
            download("mnist", tmp_path / "data")
    assert everything_in(tmp_path / "data") == []


def test_a_name_that_cannot_be_looked_up_is_reported_in_words(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    with pytest.raises(DataError, match="is there a network"):
        download("mnist", tmp_path / "data")


def test_a_folder_that_can_not_be_created_is_reported(server, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="could not be downloaded"):
        download("mnist", tmp_path / "data")


def test_files_of_a_killed_download_are_cleaned_up_by_the_next(server, tmp_path):
    left = tmp_path / "data" / "MNIST" / ".download-abc" / "MNIST" / "raw"
    left.mkdir(parents=True)
    (left / FILES[0]).write_bytes(b"half")
    download("mnist", tmp_path / "data")
    assert everything_in(tmp_path / "data") == WHOLE
    assert not list((tmp_path / "data").rglob(".download-*"))


def test_a_failed_download_keeps_existing_files(server, tmp_path):
    root = tmp_path / "data"
    write_tiny_mnist(root)
    (root / "MNIST" / "raw" / FILES[3]).unlink()
    before = everything_in(root)
    server.mischief = "404"
    with pytest.raises(DataError):
        load("mnist", root)
    assert everything_in(root) == before
    server.mischief = ""
    load("mnist", root)
    assert everything_in(root) == WHOLE


@pytest.mark.parametrize("mischief", ["404", "login page", "cut half way"])
def test_a_file_that_one_mirror_spoils_is_fetched_from_the_next(server, tmp_path, mischief):
    server.mischief, server.mirror = mischief, "/a/"
    download("mnist", tmp_path / "data")
    assert everything_in(tmp_path / "data") == WHOLE


@pytest.mark.parametrize(
    "name", [name for name, source in sources.SOURCES.items() if source.folder and not source.reader]
)
def test_torchvision_has_four_archives_with_checksums_and_a_mirror(name):
    mirrors, archives = published(sources.SOURCES[name].folder)
    assert mirrors and all(mirror.startswith("http") and mirror.endswith("/") for mirror in mirrors)
    assert sorted(file for file, _ in archives) == sorted(f"{file}.gz" for file in sources.IDX_FILES)
    assert all(len(checksum) == 32 for _, checksum in archives)
