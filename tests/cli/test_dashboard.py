"""Recognise the program that uses the dashboard's port."""

import socket
import subprocess
import threading
from unittest.mock import Mock

import pytest

from ae.cli import dashboard


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
