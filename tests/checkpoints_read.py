"""Read checkpoints in the test's own process, which is faster."""

from ae.runs.checkpoint_file import read


class InThisProcess:
    """Reads checkpoints without a process of its own."""

    read = staticmethod(read)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
