"""What pages fetch has an address that stays the same, is kept within a bound, and may be kept by the browser."""

import pytest
from screens import answered

from ae.ui import fetched


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(fetched, "_kept", {})


def test_a_content_is_fetched_at_its_address_and_kept_by_the_browser():
    address = fetched.offer(b"weights")
    assert fetched.offer(b"weights") == address != fetched.offer(b"others")
    answer = answered(address)
    assert answer.body == b"weights"
    assert "immutable" in answer.headers["cache-control"] and "private" in answer.headers["cache-control"]


def test_a_content_that_is_not_kept_is_not_found_and_asked_for_again():
    answer = answered("/watch/content?name=../../etc/passwd")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "load the page again" in answer.body.decode()


def test_what_was_offered_longest_ago_is_given_up_for_what_is_new(monkeypatch):
    monkeypatch.setattr(fetched, "MOST_BYTES", 10)
    for content in (b"1234", b"abcd", b"1234", b"xyz_"):
        fetched.offer(content)
    kept = [fetched.content(fetched.digest(content)) is not None for content in (b"1234", b"abcd", b"xyz_")]
    assert kept == [True, False, True]
    fetched.offer(b"larger than all")
    assert fetched.content(fetched.digest(b"larger than all"))
