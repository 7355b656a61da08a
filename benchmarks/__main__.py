"""python -m benchmarks: measure, keep, and print what the README claims.

    python -m benchmarks                 time everything (about ten minutes), then print the whole table
    python -m benchmarks table           print the table from what was measured last
    python -m benchmarks table --readme  the same, and put it into README.md
    python -m benchmarks quality         measure every recipe's runs; with --train what is missing is trained (hours)
    python -m benchmarks speed | quality-time | memory | watching    one of them

Needs MNIST (AE_DATA) and, to mean anything, a quiet machine. ``watching`` needs Chromium and playwright.
"""

import argparse

from benchmarks import memory, quality, quality_time, speed, table, watching


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = {
        "speed": lambda options: speed.measure(options.n),
        "quality-time": lambda options: quality_time.measure(options.seeds),
        "memory": lambda options: memory.measure(),
        "watching": lambda options: watching.measure(options.n),
        "quality": lambda options: quality.measure(train=options.train),
        "table": lambda options: None,
    }
    parser.add_argument("what", nargs="*", choices=[[], *known], help="what to measure; everything quick if left out")
    parser.add_argument("-n", type=int, default=5, help="repetitions of what is timed (5)")
    parser.add_argument("--seeds", type=int, default=3, help="of quality-time (3)")
    parser.add_argument("--train", action="store_true", help="quality: train what is missing")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    for name in options.what or ("speed", "quality-time", "memory"):
        known[name](options)
    print(table.words())
    if options.readme:
        table.into_readme()


if __name__ == "__main__":
    main()
