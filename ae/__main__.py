"""``python -m ae``: the command line."""

import os
import sys

# How long a thread of torch's spins before it sleeps, in rounds; read when torch is loaded. By default it spins so long
# that, with several other busy processes on two cores, an epoch took 32 s instead of 0.5 s; so it takes 3 s, and on a
# quiet machine nothing is lost. The numbers that come out are the same.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def main() -> int:
    """Run the command line; ``autoencoder-lab`` and ``python -m ae`` both start here."""
    from ae.cli import main as cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
