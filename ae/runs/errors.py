"""What is raised if a run can't be used as asked."""


class RunError(Exception):
    """A run can't be read or used in this way; the message is one sentence."""


class BusyError(RunError):
    """Another process keeps locked what is needed; it may be free a moment later."""
