"""Knock at the server's door: foreign names, pages of other origins, no password, and paths that lead elsewhere."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random
from urllib.parse import quote

from torture.campaign import Campaign
from torture.serving import Serving, answer, serving, status

PLACES = (
    "GET /",
    "GET /train?run=last",
    "GET /_stcore/host-config",
    "GET /_stcore/metrics",
    "GET /_stcore/stream",
    "GET /media/0123456789abcdef.png",
    "GET /static/index.html",
    "GET /component/ae.live/index.html",
    "GET /_stcore/bidi-components/ae/index.js",
    "PUT /_stcore/upload_file/session/file",
    "DELETE /_stcore/upload_file/session/file",
    "OPTIONS /_stcore/upload_file/session/file",
    "POST /",
    "GET /_stcore/health",
)
"""What the server offers; pages of the dashboard itself come under the last path segment of their own."""

OWN_HOSTS = (
    "localhost:{port}",
    "127.0.0.1:{port}",
    "LocalHost:{port}",
    "[::1]:{port}",
    "localhost",
    "localhost.:{port}",
)
FOREIGN_HOSTS = (
    "evil.example:{port}",
    "evil.example",
    "localhost.evil.example:{port}",
    "evil.example:localhost",
    "localhost@evil.example",
    "evil.example@localhost:{port}",
    "evil.example/localhost",
    "evil.example#localhost:{port}",
    "localhost:{port}/evil.example",
    "localhost:{port}\r\nHost: evil.example",
    "evil.example\r\nHost: localhost:{port}",
    "127.0.0.1.evil.example:{port}",
    "0.0.0.0:{port}",
    "2130706433:{port}",
    "127.1:{port}",
    "[::ffff:203.0.113.7]:{port}",
    "203.0.113.7:{port}",
    "localhost:99999",
    "localhost:-1",
    "*",
    " ",
    "",
)
FOREIGN_ORIGINS = (
    "http://evil.example",
    "http://evil.example:{port}",
    "http://localhost:1",
    "http://localhost.evil.example:{port}",
    "https://evil.example@{host}",
    "http://{host}@evil.example",
    "http://{host}.evil.example",
    "null",
    "file://",
    "",
)
SECRETS = ("etc/passwd", "streamlit_app.py", ".git/HEAD", ".streamlit/config.toml", "runs/canary")
"""Files that no request may return: of the system, of the project, and beside the runs."""

LOOT = (b"root:x:", b"def home()", b"ref: refs/", b"showEmailPrompt", b"canary sings")
UP = ("..", "%2e%2e", "..%00", ".%2e", "%252e%252e", "..;", "..\\", "%c0%ae%c0%ae", "....")
SLASH = ("/", "%2f", "\\", "%5c", "//")
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: streamlit\r\n"
)


def request(line: str, host: str, origin: str | None, cookie: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request; one for the websocket asks for the upgrade."""
    lines = f"{line} HTTP/1.1\r\nHost: {host}\r\n"
    lines += UPGRADE if line.endswith("/stream") else "Connection: close\r\n"
    lines += "" if origin is None else f"Origin: {origin}\r\n"
    lines += f"Cookie: {cookie}\r\n" if cookie else ""
    lines += f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{lines}\r\n".encode("latin-1") + body


def enter(server: Serving) -> str:
    """Enter the password, and return the cookie for it; empty if the server asks for none."""
    if not server.password:
        return ""
    reply = answer(server.port, request("POST /", "localhost", None, "", b"password=" + server.password.encode()))
    found = re.search(rb"set-cookie: ([^;]+)", reply)
    return found[1].decode() if found else ""


def knock(random: Random, server: Serving, cookie: str) -> str:
    """Make one request; return what is wrong with its answer."""
    line, good_host, good_origin = random.choice(PLACES), random.random() < 0.5, random.random() < 0.6
    host = random.choice(OWN_HOSTS if good_host else FOREIGN_HOSTS).format(port=server.port)
    origin = random.choice((None, f"http://{host}"))
    if not good_origin:
        origin = random.choice(FOREIGN_ORIGINS).format(port=server.port, host=host)
    given = random.choice((cookie, cookie, "", cookie[:-1], cookie.partition("=")[0] + "=", "a=b"))
    reply = answer(server.port, request(line, host, origin, given))
    code = status(reply)
    asked = f"{line} with Host {host!r}, Origin {origin!r}, cookie {given!r} got {code}"
    if code >= 500 or not reply:
        return asked
    known = not cookie or given == cookie or line.endswith("/health")
    if good_host and good_origin and known:
        refused = code in (401, 403) and not line.startswith(("PUT", "DELETE"))  # which also lack Streamlit's token
        return asked if refused else ""
    return "" if 400 <= code < 500 else asked


def climb(random: Random, server: Serving, cookie: str) -> str:
    """Ask for a file outside of what the server offers; return what is wrong with its answer."""
    start = random.choice(
        ("", "/static", "/media", "/component/ae", "/_stcore/bidi-components/ae", "/app/static", "/x")
    )
    way = "".join(random.choice(SLASH) + random.choice(UP) for _ in range(random.randint(0, 9)))
    secret = random.choice(SECRETS)
    target = random.choice(("", "/", str(server.runs.parent) + "/")) + random.choice((secret, quote(secret, safe="")))
    path = f"{start}{way}{random.choice(SLASH)}{target}"
    path = path if path.startswith("/") else f"/{path}"
    query = random.choice(("", "?run=" + quote(path), "?path=" + quote(path)))
    reply = answer(server.port, request(f"GET {path.replace(' ', '%20')}{query}", "localhost", None, cookie))
    found = [loot for loot in LOOT if loot in reply]
    return f"GET {path}{query} got {status(reply)} {found}" if found or status(reply) >= 500 or not reply else ""


def trials(random: Random) -> Iterator[str]:
    """Knock at two servers: one for this machine alone, and one that is shared."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(*options)) for options in ((), ("--server.address", "0.0.0.0"))]
        for server in servers:
            server.runs.mkdir(exist_ok=True)
            (server.runs / "canary").write_text("canary sings")
        cookies = [enter(server) for server in servers]
        yield "" if not servers[0].password and servers[1].password and cookies[1] else "no password was asked for"
        while True:
            server, cookie = random.choice(list(zip(servers, cookies, strict=True)))
            yield random.choice((knock, climb))(random, server, cookie)


CAMPAIGNS = (Campaign("door", "foreign names and pages, and those without the password, reach nothing", 3000, trials),)
