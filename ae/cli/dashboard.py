"""Start the dashboard's server, or find out which program uses its port."""

import argparse
import errno
import http.client
import socket
import subprocess
import sys
import urllib.request
from typing import Literal

from ae import PROJECT
from ae.cli.command import FAILED, OK, Command, complain
from ae.runs import processes


def _app(options: argparse.Namespace) -> int:
    match who_answers(options.port, options.host):
        case "dashboard":
            print(
                f"A dashboard is running already: open {address(options.port, options.host)}, or choose another port, "
                "as in --port 8600"
            )
            return OK
        case "another program":
            return complain(
                f"port {options.port} is used by another program: choose another port, as in --port 8600", FAILED
            )
    try:
        return serve(options.port, options.host)
    except KeyboardInterrupt:
        return OK


def _app_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8501, help="the port to serve on (8501)")
    parser.add_argument(
        "--host",
        default="localhost",
        help="the address to serve on; 0.0.0.0 lets everyone on the network in who has the password (localhost)",
    )


def address(port: int, host: str = "localhost") -> str:
    """Return the address to open in a browser on this machine."""
    name = "localhost" if host in ("", "0.0.0.0", "::") else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def who_answers(port: int, host: str = "localhost") -> Literal["", "dashboard", "another program"]:
    """Return what uses a port; empty if it is free.

    Raises:
        ValueError: the port can't be used at all, or the host is not this machine.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if sys.platform != "win32":  # where it would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return ""
        except (OSError, OverflowError, UnicodeError) as error:
            number = error.errno if isinstance(error, OSError) else None
            if isinstance(error, socket.gaierror | UnicodeError) or number == errno.EADDRNOTAVAIL:
                raise ValueError(f"host {host[:60]!r} is not an address of this machine: use 0.0.0.0 for all") from None
            if number != errno.EADDRINUSE:
                raise ValueError(f"port {port} can't be used: choose another, such as 8600") from None
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address(port, host)}/_stcore/health", timeout=10) as answer:
            return "dashboard" if answer.read(10) == b"ok" else "another program"
    except (OSError, http.client.HTTPException):
        return "another program"


def serve(port: int, host: str = "localhost") -> int:
    """Serve the dashboard until it is stopped; return the server's exit code."""
    script = PROJECT / "streamlit_app.py"
    where = ["--server.port", str(port), "--server.address", host]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *where]
    return subprocess.run(command, cwd=script.parent, env=processes.environment(), check=False).returncode


COMMANDS = {"app": Command(_app, _app_arguments)}
