"""A dashboard of its own for a campaign, and a bare socket to talk to it, which sends what no browser would."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEALTH = b"GET /_stcore/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Serving:
    """A running server: its process, its port, its folder of runs, and its output."""

    process: "subprocess.Popen[bytes]"
    port: int
    runs: Path
    log: Path

    @property
    def password(self) -> str:
        """The password that it printed; empty if it asks for none."""
        found = re.search(r"Password: (\S+)", self.log.read_text())
        return found[1] if found else ""


@contextmanager
def serving(*options: str) -> Iterator[Serving]:
    """Serve the dashboard on a free port, with a new folder of runs, as ``streamlit run`` does."""
    with tempfile.TemporaryDirectory(prefix="serving-") as place:
        folder = Path(place)
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        command = ["streamlit", "run", "streamlit_app.py", "--server.headless", "true", "--server.port", str(port)]
        log, runs = folder / "log", folder / "runs"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *command, *options],
                cwd=ROOT,
                env={**os.environ, "AE_CHECKPOINTS": str(runs)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            until = time.monotonic() + 120
            while not answer(port, HEALTH).endswith(b"ok"):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server does not answer:\n{log.read_text()}")
                time.sleep(0.1)
            yield Serving(process, port, runs, log)
        finally:
            process.terminate()
            process.wait(30)


def answer(port: int, request: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes to this machine; return all that comes back, or its beginning if the connection stays open.

    Empty if nobody answers in time. A websocket stays open: only its greeting is read.
    """
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as caller:
            caller.sendall(request)
            while piece := caller.recv(2**16):
                got += piece
                if got.startswith(b"HTTP/1.1 101"):
                    break
    except (ConnectionError, TimeoutError):
        pass
    return got


def status(reply: bytes) -> int:
    """Return the status of an answer; 0 if it has none."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", reply)
    return int(found[1]) if found else 0
