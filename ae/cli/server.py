"""Start the dashboard's server, or find out who has its port."""

import errno
import http.client
import socket
import subprocess
import sys
import urllib.request
from typing import Literal

from ae import PROJECT


def address(port: int) -> str:
    """Give what to open in a browser."""
    return f"http://localhost:{port}"


def who_answers(port: int) -> Literal["", "dashboard", "somebody"]:
    """Tell who has the port: nobody, a dashboard, or another program.

    Raises:
        ValueError: nobody may have it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
            return ""
        except (OSError, OverflowError) as error:
            if isinstance(error, OverflowError) or error.errno != errno.EADDRINUSE:
                raise ValueError(f"port {port} can't be used: choose another, say 8600") from None
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with straight.open(f"{address(port)}/_stcore/health", timeout=2) as answer:
            return "dashboard" if answer.read(10) == b"ok" else "somebody"
    except (OSError, http.client.HTTPException):
        return "somebody"


def serve(port: int) -> int:
    """Serve the dashboard until it is stopped; give the server's exit code."""
    script = PROJECT / "streamlit_app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    return subprocess.run(command, cwd=script.parent, check=False).returncode
