"""``python -m ae``: the command line."""

import gc
import os
import sys

# The number of rounds that torch's OpenMP threads spin before they sleep; read when torch is loaded. With the default,
# an epoch that takes 0.5 s on a quiet machine took 32 s beside several busy processes on two cores; with this setting,
# 3 s. It costs nothing on a quiet machine and does not change any result.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

# Python looks for unreachable objects each time it has created this many, 700 by default. Importing torch creates
# 200,000 that stay, and takes a tenth less time with this setting.
gc.set_threshold(10_000)


def main() -> int:
    """Run the command line; ``autoencoder-lab`` and ``python -m ae`` both start here."""
    try:
        from ae.cli import main as cli

        return cli.main()
    except KeyboardInterrupt:  # while importing
        return 130
    finally:
        if "triton" not in sys.modules:  # which would report everything that is left as leaked
            gc.freeze()  # otherwise Python searches all of torch several times as it exits, for half a second


if __name__ == "__main__":
    sys.exit(main())
