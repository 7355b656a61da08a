"""A request to end a command, and the end of its terminal, are handled like Ctrl-C."""

import signal

import pytest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_is_handled_like_ctrl_c_unless_it_is_ignored(call, number):
    call("presets")
    assert signal.getsignal(number) is signal.default_int_handler
    signal.signal(number, signal.SIG_IGN)  # as nohup does
    call("presets")
    assert signal.getsignal(number) is signal.SIG_IGN
