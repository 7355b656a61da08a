"""python -m torture: try to lose a run, hang a command or get through a door, and count how that went.

python -m torture                    everything, under half an hour on two cores
python -m torture --minutes 3        a taste of all but those that measure times
python -m torture kill-write files   only these campaigns; --list names them
python -m torture --seed 7           the trials of an earlier run again
python -m torture --write            also write the counts into docs/RELIABILITY.md
"""

import argparse
import secrets
import sys
from importlib import import_module

from torture import lanes, table
from torture.campaign import Campaign, Tally

MODULES: tuple[str, ...] = (
    "kills",
    "sweeps",
    "dashboard",
    "signals",
    "together",
    "server",
    "load",
    "files",
    "screens",
    "uploads",
    "values",
    "disks",
)
"""The modules of this package that define campaigns, each a tuple CAMPAIGNS."""

ENOUGH_MINUTES = 20
"""With less time, campaigns that measure times are left out unless they are named."""


def campaigns() -> dict[str, Campaign]:
    """Return every campaign by its name."""
    return {campaign.name: campaign for module in MODULES for campaign in import_module(f"torture.{module}").CAMPAIGNS}


def main() -> int:
    """Run the campaigns named, or all; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="campaigns (all)")
    parser.add_argument("--minutes", type=float, default=28, help="how long all of it may take (28)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the trials (a new one)")
    parser.add_argument("--list", action="store_true", help="list the campaigns")
    parser.add_argument("--write", action="store_true", help="write the counts into docs/RELIABILITY.md")
    options = parser.parse_args()
    known = campaigns()
    if options.list:
        print("\n".join(f"{name:16} {each.tries:6}  {each.promise}" for name, each in known.items()))
        return 0
    for name in options.what:
        if name not in known:
            parser.error(f"unknown campaign {name!r}: choose from {', '.join(known)}")
    print(f"seed {options.seed}", flush=True)
    tallies: list[Tally] = []

    def done(tally: Tally) -> None:
        tallies.append(tally)
        print(f"{tally.name:16} tried {tally.tried:6}, lost {len(tally.lost)}, {tally.seconds:.0f} s", flush=True)
        for wrong in tally.lost:
            print(f"    {wrong}", flush=True)

    hurried = not options.what and options.minutes < ENOUGH_MINUTES
    chosen = [known[name] for name in options.what or known if not (hurried and known[name].alone)]
    lanes.run_all(chosen, options.seed, options.minutes, done)
    if options.write:
        table.keep(tallies)
        table.write(known.values())
    return 1 if any(tally.lost for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
