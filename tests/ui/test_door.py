"""The front door: whom it lets through to the dashboard, without a server."""

from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from ae.ui import door, login

EVIL = ["evil.example:8501", "localhost.evil.example", "localhost@evil.example", "[::2]", "localhost:x", "", "0.0.0.0"]


def result(coroutine):
    """Return what a coroutine that waits for nothing returns; a browser test may have left an event loop running."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits")


def knock(
    front, *, kind="http", method="GET", path="/", hosts=("localhost:8501",), body=b"", own="10.0.0.5", **headers
):
    """Return the status, text and headers of the answer to a request; what lies behind the door answers with 200."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    pairs = [*(("host", host) for host in hosts), *headers.items()]
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": b"run=last",
        "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
        "server": (own, 8501),
        "client": ("10.0.0.9", 40000),
        "extensions": {"websocket.http.response": {}},
    }
    result(front(scope, receive, send))
    answered = dict(sent[0].get("headers", ()))
    return (
        sent[0]["status"],
        sent[-1]["body"].decode(),
        {name.decode(): each.decode() for name, each in answered.items()},
    )


async def behind(scope, receive, send):
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    await send({"type": f"{kind}.response.start", "status": 200, "headers": []})
    await send({"type": f"{kind}.response.body", "body": b"dashboard"})


@pytest.fixture
def local(monkeypatch):
    monkeypatch.setattr(door, "address", lambda: "localhost")
    return door.Door(behind)


@pytest.fixture
def shared(monkeypatch):
    monkeypatch.setattr(door, "address", lambda: "0.0.0.0")
    return door.Door(behind)


def give(front, password, path="/"):
    return knock(front, method="POST", path=path, body=urlencode({"password": password}).encode())


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501", "localhost:9000"])
def test_this_machine_is_answered_under_its_names(local, host, kind):
    assert knock(local, kind=kind, hosts=[host])[:2] == (200, "dashboard")
    assert knock(local, kind=kind, hosts=[host], origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("host", EVIL)
def test_a_foreign_name_is_refused_also_from_its_own_page(local, shared, host, kind):
    for front in (local, shared):
        assert knock(front, kind=kind, hosts=[host])[0] == 403
        assert knock(front, kind=kind, hosts=[host], origin=f"http://{host}")[0] == 403


@pytest.mark.parametrize("hosts", [(), ("localhost", "evil.example"), ("evil.example", "localhost")])
def test_a_request_needs_exactly_one_name(local, hosts):
    assert knock(local, hosts=hosts)[0] == 403


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:1", "null", "", "http://localhost:8501@x"])
def test_a_page_of_another_origin_is_refused(local, origin, kind):
    status, text, _ = knock(local, kind=kind, origin=origin)
    assert (status, text) == (403, "Pages of other sites can't use this dashboard.")


def test_no_page_of_another_site_may_frame_or_load_it(local):
    headers = knock(local)[2]
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_on_this_machine_no_password_is_asked_for(local):
    assert knock(local)[:2] == (200, "dashboard")


def test_a_shared_dashboard_answers_under_the_address_of_the_connection(shared, local):
    assert knock(shared, hosts=["10.0.0.5:8501"])[0] == 401
    assert knock(shared, hosts=["10.0.0.5:8501"], own="::ffff:10.0.0.5")[0] == 401
    assert knock(shared, hosts=["10.0.0.6:8501"])[0] == 403
    assert knock(local, hosts=["10.0.0.5:8501"])[0] == 403


@pytest.mark.parametrize(
    "what",
    [{}, {"path": "/media/a.png"}, {"method": "PUT"}, {"kind": "websocket"}, {"cookie": "autoencoder-lab-8501="}],
)
def test_without_the_password_nothing_is_reached_but_the_health_check(shared, what):
    status, text, _ = knock(shared, **what)
    assert status == 401
    assert "dashboard" not in text or "password" in text
    assert knock(shared, path=door.HEALTH)[:2] == (200, "dashboard")


def test_the_password_opens_the_page_that_was_asked_for_and_the_websocket(shared):
    for written in (door.PASSWORD, f" {door.PASSWORD.upper()} "):
        status, _, headers = give(shared, written, path="/train")
        assert (status, headers["location"]) == (303, "http://localhost:8501/train?run=last")
    assert "HttpOnly" in headers["set-cookie"] and door.PASSWORD not in headers["set-cookie"]
    cookie = headers["set-cookie"].partition(";")[0]
    assert knock(shared, cookie=cookie)[:2] == (200, "dashboard")
    assert knock(shared, kind="websocket", cookie=cookie)[0] == 200
    assert knock(shared, cookie=cookie[:-1])[0] == 401


def test_a_wrong_password_is_refused_in_one_sentence_and_nothing_of_it_is_shown(shared):
    status, text, headers = give(shared, "<script>")
    assert status == 401 and login.WRONG in text and "<script>" not in text
    assert "set-cookie" not in headers


def test_after_five_wrong_guesses_not_even_the_right_one_counts_for_a_minute(shared, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(login.time, "monotonic", lambda: now[0])
    assert [give(shared, "x")[0] for _ in range(6)] == [401] * 5 + [429]
    status, text, _ = give(shared, door.PASSWORD)
    assert status == 429 and login.TOO_MANY in text
    now[0] += login.SECONDS + 1
    assert give(shared, door.PASSWORD)[0] == 303


def test_guesses_from_many_addresses_take_little_memory():
    guesses = login.Guesses()
    for n in range(login.MOST_ADDRESSES + 10):
        guesses.note(str(n))
    assert len(guesses._times) == login.MOST_ADDRESSES


def test_a_huge_form_is_not_read_to_its_end():
    chunks = iter([{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 100)

    async def receive():
        return next(chunks)

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    assert result(login.short_body(request)) == b"x" * login.LONGEST
    assert len(list(chunks)) == 98


def test_passwords_differ_and_have_no_letter_that_looks_like_another():
    passwords = {login.new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert not set("".join(passwords)) & set("il1o0")
