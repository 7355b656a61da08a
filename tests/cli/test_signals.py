"""A request to end a command, and the end of its terminal, are handled like Ctrl-C."""

import signal

import pytest

from ae import __main__ as command


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_is_handled_like_ctrl_c_unless_it_is_ignored(call, number):
    call("presets")
    assert signal.getsignal(number) is signal.default_int_handler
    signal.signal(number, signal.SIG_IGN)  # as nohup does
    call("presets")
    assert signal.getsignal(number) is signal.SIG_IGN


def test_ctrl_c_before_the_command_begins_ends_without_a_traceback(monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("ae.cli.main.main", interrupted)
    assert command.main() == 130
