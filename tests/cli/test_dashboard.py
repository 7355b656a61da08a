"""Recognise the program that uses the dashboard's port."""

import os
import socket
import subprocess
import threading
from unittest.mock import Mock

import pytest

from ae import PROJECT
from ae.cli import dashboard, main


@pytest.fixture
def port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        listener.listen()
        listener.settimeout(10)
        yield listener


def answer(listener, reply):
    """Answer one connection with these bytes, whatever it sends."""

    def once():
        caller, _ = listener.accept()
        with caller:
            caller.recv(1000)
            caller.sendall(reply)

    thread = threading.Thread(target=once, daemon=True)
    thread.start()
    return listener.getsockname()[1]


def test_a_free_port_is_free():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        free = probe.getsockname()[1]
    assert dashboard.who_answers(free) == ""


def test_a_dashboard_is_recognised_by_its_health_check(port):
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    assert dashboard.who_answers(answer(port, reply)) == "dashboard"


@pytest.mark.parametrize("reply", [b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"HTTP/1.1 404 Not Found\r\n\r\n", b"-ERR\r\n"])
def test_another_program_is_recognised(port, reply):
    assert dashboard.who_answers(answer(port, reply)) == "another program"


@pytest.mark.parametrize("number", [-1, 70_000, 10**9])
def test_an_invalid_port_is_refused(number):
    with pytest.raises(ValueError, match=f"port {number} can't be used"):
        dashboard.who_answers(number)


def test_relative_folders_are_those_of_the_command_and_not_of_the_server(monkeypatch, tmp_path):
    called = {}
    monkeypatch.setattr(subprocess, "run", lambda command, **options: called.update(options) or Mock(returncode=0))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AE_CHECKPOINTS", "runs")
    assert dashboard.serve(8501) == 0
    assert called["cwd"] != tmp_path
    assert called["env"]["AE_CHECKPOINTS"] == str(tmp_path / "runs")


def served(monkeypatch, *arguments):
    """Return the options that ``python -m ae app`` gives the server."""
    called = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.extend(command) or Mock(returncode=0))
    monkeypatch.setattr(dashboard, "who_answers", lambda *_: "")
    assert main.main(["app", *arguments]) == 0
    return dict(zip(called[5::2], called[6::2], strict=True))


def test_it_is_served_to_this_machine_alone_unless_another_host_is_given(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    assert served(monkeypatch)["--server.address"] == "localhost"
    assert served(monkeypatch, "--host", "0.0.0.0")["--server.address"] == "0.0.0.0"


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [([], {}, ""), (["HOST=0.0.0.0"], {}, "--host 0.0.0.0"), ([], {"HOST": "this-machine"}, "")],
)
def test_make_shares_it_only_if_it_is_told_to(given, environment, expected):
    command = ["make", "--dry-run", "app", *given]
    shown = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    line = next(line for line in shown.stdout.splitlines() if "-m ae app" in line)
    assert line.partition("--port 8501")[2].strip() == expected


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.9", "x" * 300, "2001:db8::1"])
def test_a_host_that_is_not_this_machine_is_refused(host):
    with pytest.raises(ValueError, match=r"^host .* is not an address of this machine: use 0.0.0.0 for all$"):
        dashboard.who_answers(8501, host)


def test_all_addresses_are_opened_as_localhost_on_this_machine():
    assert dashboard.address(8600, "0.0.0.0") == "http://localhost:8600"
    assert dashboard.address(8600, "2001:db8::1") == "http://[2001:db8::1]:8600"
