"""The front door of the dashboard's server: every request passes it before Streamlit sees it, the websocket's too.

It answers only under the names that the server was started for, so a site that rebinds its own name to this machine
reaches nothing, and refuses requests that a page of another origin makes. A server that others on the network can reach
also asks for a password, which is generated anew at each start.
"""

import ipaddress
import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import streamlit as st
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae.runs.folders import list_runs
from ae.ui import login

LOCAL = ("localhost", "127.0.0.1", "::1")
ANY = ("", "0.0.0.0", "::")
HEALTH = "/_stcore/health"
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
"""What every answer tells the browser: pages of other origins may neither frame it nor load parts of it."""

NOTICE = """  Others on the network can open {url}

  Password: {password}

  The connection is not encrypted: whoever can listen on the network can read the password and all that is shown.
"""

GRACE = 3
"""Seconds in which a server that is ended may finish its answers."""

PASSWORD = login.new_password()
_ticket = secrets.token_urlsafe(32)  # the cookie of those who gave the password


def address() -> str:
    """Return the address that the server listens on; empty for all of this machine."""
    return str(st.get_option("server.address") or "")


def shared() -> bool:
    """Whether other machines can reach the server."""
    return address() not in LOCAL


def names() -> frozenset[str]:
    """Return the names that the server was started for, in lower case; its own addresses come with each connection."""
    if not shared():
        return frozenset(LOCAL)
    here = socket.gethostname().lower()
    asked = () if address() in ANY else (address().lower(),)
    return frozenset((*LOCAL, *asked, here, f"{here}.local", socket.getfqdn().lower()))


def host_name(netloc: str) -> str:
    """Return the name in a Host header, in lower case, without port or brackets; empty if it is malformed."""
    try:
        parts = urlsplit(f"//{netloc}")
        well = parts.netloc == netloc and "@" not in netloc and (parts.port or 1)
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if well else ""


class Door:
    """Let a request through, or answer it with one sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.names = names()
        self.shared = shared()
        self.guesses = login.Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"].endswith("response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(scope)
        if answer is None and self.shared and not self._may_enter(scope):
            answer = await self._ask(scope, receive)
        await (answer or self.app)(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        name = host_name(hosts[0]) if len(hosts) == 1 else ""
        own = str(scope["server"][0]) if self.shared and scope.get("server") else ""
        if not name or (name not in self.names and not _same_address(name, own)):
            where = "localhost" if not self.shared else "the address that it printed when it started"
            return PlainTextResponse(f"This dashboard answers only at {where}.", 403)
        for origin in headers.getlist("origin"):
            if urlsplit(origin).netloc.lower() != hosts[0].lower():
                return PlainTextResponse("Pages of other sites can't use this dashboard.", 403)
        return None

    def _may_enter(self, scope: Scope) -> bool:
        cookie = HTTPConnection(scope).cookies.get(_cookie(), "")
        return secrets.compare_digest(cookie.encode(), _ticket.encode()) or scope["path"] == HEALTH

    async def _ask(self, scope: Scope, receive: Receive) -> Response:
        """Return the form that asks for the password, or open the page to who sends it."""
        if scope["type"] == "websocket" or scope["method"] not in ("GET", "POST"):
            return PlainTextResponse("This dashboard asks for a password: open its page first.", 401)
        request = Request(scope, receive)
        if scope["method"] == "GET":
            return HTMLResponse(login.page(), 401, login.HEADERS)
        guesser = scope["client"][0] if scope.get("client") else ""
        body = await login.short_body(request)
        if not self.guesses.allowed(guesser):
            return HTMLResponse(login.page(login.TOO_MANY), 429, login.HEADERS)
        guess = parse_qs(body.decode("latin-1")).get("password", [""])[0]
        if not secrets.compare_digest(guess.strip().lower().encode(), PASSWORD.encode()):
            self.guesses.note(guesser)
            return HTMLResponse(login.page(login.WRONG), 401, login.HEADERS)
        entered = RedirectResponse(str(request.url), 303)
        entered.set_cookie(_cookie(), _ticket, httponly=True, samesite="lax")
        return entered


def _cookie() -> str:
    """Return the name of the cookie, which browsers send to every port of a machine."""
    return f"autoencoder-lab-{st.get_option('server.port')}"


def _same_address(name: str, own: str) -> bool:
    try:
        one, other = (ipaddress.ip_address(each) for each in (name, own))
    except ValueError:
        return False
    return one in (other, getattr(other, "ipv4_mapped", None))


def network_address() -> str:
    """Return the address under which others reach this machine; no packet is sent to find it."""
    if address() not in ANY:
        return address()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


@asynccontextmanager
async def opening(_app: st.App) -> AsyncIterator[None]:
    """Print what those who share the dashboard must know, and open a browser, as Streamlit does for other apps."""
    port = st.get_option("server.port")
    host = network_address() if shared() else "localhost"
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if shared():
        print(NOTICE.format(url=url, password=PASSWORD), flush=True)
    if not st.get_option("server.headless"):
        webbrowser.open(url)
    threading.Thread(target=list_runs, daemon=True).start()  # kept in memory for the first page
    _end_in_time()
    yield


def _end_in_time() -> None:
    """Limit how long the server waits for its connections when it is ended; Streamlit sets no limit.

    A browser may have connected without sending a request, or not have read an answer to its end.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.timeout_graceful_shutdown = GRACE


MIDDLEWARE = (Middleware(Door),)
