"""What the front door asks of those who come over the network: a password, and not too many guesses."""

import html
import secrets
import time
from collections import deque
from pathlib import Path

from starlette.requests import Request

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not mistaken for one another when read aloud or written on a blackboard."""

GROUPS, GROUP = 3, 4
GUESSES, SECONDS = 5, 60.0
"""After so many wrong guesses from one address within so many seconds, further ones are not looked at."""

MOST_ADDRESSES = 10_000
LONGEST = 1000
"""How many bytes of a form are read."""

WRONG = "That is not the password."
TOO_MANY = "Too many wrong guesses: wait a minute, then try again."
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
}
PAGE = Path(__file__).parent / "frontend" / "login.html"


def new_password() -> str:
    """Return a random password of 59 bits, easy to read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def page(message: str = "") -> str:
    """Return the page that asks for the password, with what was wrong with the last guess."""
    return PAGE.read_text("utf-8").replace("MESSAGE", html.escape(message))


async def short_body(request: Request) -> bytes:
    """Return the first ``LONGEST`` bytes of a request's body, and read no more than a chunk beyond."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            break
    return body[:LONGEST]


class Guesses:
    """Counts wrong guesses by the address that they come from."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}  # the address that guessed last is at the end

    def allowed(self, address: str) -> bool:
        """Whether another guess from this address may be looked at."""
        times = self._times.get(address)
        return times is None or len(times) < GUESSES or time.monotonic() - times[0] > SECONDS

    def note(self, address: str) -> None:
        """Count a wrong guess."""
        times = self._times.pop(address, deque(maxlen=GUESSES))
        times.append(time.monotonic())
        self._times[address] = times
        if len(self._times) > MOST_ADDRESSES:
            del self._times[next(iter(self._times))]
