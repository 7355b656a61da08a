"""python -m benchmarks: measure, and print the tables of docs/BENCHMARKS.md.

    python -m benchmarks                 time training (about ten minutes) and print all tables
    python -m benchmarks speed | quality-time | memory | watching | starts | sweeps | pointing | cluster    only one
    python -m benchmarks quality         measure the runs of eleven presets; --train trains the missing ones (hours)
    python -m benchmarks skips           measure the denoiser with skip connections, an upper bound (minutes)
    python -m benchmarks table           print the tables: new results, or the kept ones where there are none
    python -m benchmarks table --write   write the kept results into docs/BENCHMARKS.md and README.md
    python -m benchmarks keep speed ...  keep new results, and write them into both documents

New results go to benchmarks/results/, which git ignores. Needs MNIST (AE_DATA) and, for meaningful times, a quiet
machine. ``watching``, ``starts`` and ``pointing`` need Chromium and playwright, ``cluster`` needs Ray.
"""

import argparse

from benchmarks import (
    cluster,
    keeping,
    memory,
    pointing,
    quality,
    quality_time,
    skips,
    speed,
    starts,
    sweeps,
    table,
    watching,
)


def main() -> None:
    """Run the benchmarks or the command named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    benchmarks = {
        "speed": lambda options: speed.measure(options.n),
        "quality-time": lambda options: quality_time.measure(options.seeds),
        "memory": lambda options: memory.measure(),
        "watching": lambda options: watching.measure(options.n),
        "starts": lambda options: starts.measure(options.n),
        "sweeps": lambda options: sweeps.measure(),
        "pointing": lambda options: pointing.measure(),
        "cluster": lambda options: cluster.measure(options.n),
        "quality": lambda options: quality.measure(train=options.train),
        "skips": lambda options: skips.measure(options.seeds),
    }
    parser.add_argument("what", nargs="*", help=f"{', '.join(benchmarks)}, table, or keep NAME ...")
    parser.add_argument("-n", type=int, default=5, help="repetitions of each timing (5)")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of quality-time and skips (3)")
    parser.add_argument("--train", action="store_true", help="quality: train the missing runs")
    parser.add_argument("--write", action="store_true", help="table: write the kept results into the documents")
    options = parser.parse_args()
    what = options.what or ["speed", "quality-time", "memory"]
    if what[0] == "keep":
        try:
            keeping.keep(what[1:])
        except ValueError as error:
            parser.error(str(error))
    else:
        for name in what:
            if name not in (*benchmarks, "table"):
                parser.error(f"unknown benchmark {name!r}: choose from {', '.join(benchmarks)}, table, keep")
        for name in what:
            if name != "table":
                benchmarks[name](options)
    if options.write or what[0] == "keep":
        table.write()
    else:
        print(table.tables(keeping.newest()))


if __name__ == "__main__":
    main()
