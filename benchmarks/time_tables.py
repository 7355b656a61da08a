"""The tables of times and memory."""

from ae.presets import PRESETS
from benchmarks.keeping import Result
from benchmarks.markdown import NONE, titled

LOOPS = {"plain loop": "a plain PyTorch loop (DataLoader, ToTensor)"}


def speed(found: Result) -> str:
    """Return the section on seconds per epoch, with those of the plain loops."""
    lines = []
    for preset, runners in found.get("seconds_an_epoch", {}).items():
        loop = runners.get("plain loop", {}).get("median")
        for name, one in runners.items():
            ratio = f"{loop / one['median']:.1f} ×" if loop and name != "plain loop" else NONE
            seconds = (f"{one['median']:.2f} s", f"{one['least']:.2f} to {one['most']:.2f} s")
            lines.append((PRESETS[preset].title, LOOPS.get(name, name), *seconds, ratio, found["n"]))
    heads = ("recipe", "what", "median", "range", "faster than the plain loop", "n")
    note = "Epochs are run in turn in one process, after one to warm up; *products* means the matrix products alone."
    return titled("Seconds per epoch", heads, lines, found, note)


def time_to_quality(found: Result) -> str:
    """Return the section on the time to reach the lab's quality."""
    if not found:
        return ""
    short = "{title}, {epochs} epochs, learning rate {learning_rate:g}".format(
        title=PRESETS["fast"].title, **found["fast"]
    )
    lines = [
        (
            f"{LOOPS['plain loop']} by {PRESETS['lab-xavier'].title}" if name == "lab's loop" else short,
            f"{found['mean_seconds'][name]:.2f} s",
            ", ".join(f"{run['seconds']:.2f}" for run in runs),
            ", ".join(str(run["epochs"]) for run in runs),
            ", ".join(f"{run['test_mse']:.4f}" for run in runs),
            len(runs),
        )
        for name, runs in found["runs"].items()
    ]
    heads = ("what", "mean", "seconds, by seed", "epochs", "test MSE", "n")
    result = f"That is {found['ratio']:.0f} times faster" if found["reached"] else "Not every run reached it"
    section = titled(f"Time to a test MSE of {found['target']} at bottleneck size 8", heads, lines, found)
    return (
        f"{section}\n\n{result}, in this machine's best precision against the loop's fp32. The loop reads its images "
        "from torchvision's dataset as it goes; *fast* keeps 55,000 in memory (loading them, once, is not timed)."
    )


def memory(found: Result) -> str:
    """Return the section on the peak memory of a training process."""
    lines = [
        (name, one["code_size"], one["epochs"], f"{one['megabytes']} MB")
        for name, key in (("*fast*", "ours"), (LOOPS["plain loop"], "loop"))
        for one in found.get(key, [])
    ]
    return titled("Peak memory of a training process", ("what", "bottleneck size", "epochs", "peak"), lines, found)


def watching(found: Result) -> str:
    """Return the section on how much open dashboards slow training down."""
    if not found:
        return ""
    who = {"0": "none", "1": "one page", "10": "ten pages"}
    lines = [
        (
            who.get(pages, f"{pages} pages"),
            f"{found['median'][pages]:.2f} s",
            f"{min(seconds):.2f} to {max(seconds):.2f} s",
            f"{found['cost'][pages]:+.1%}" if pages in found["cost"] else NONE,
            len(seconds),
        )
        for pages, seconds in found["seconds"].items()
    ]
    note = (
        "Seconds of an epoch of *fast* in one training, with the Train screen open in no page, one or ten of a browser "
        f"on the same machine: {found['each']} epochs each time, in turn. To a page that is open from the beginning to "
        f"the end of a run of {found['epochs']} epochs, the server sends {found['bytes'] / 1e6:.2f} MB in all, the "
        "page itself included."
    )
    return titled("Cost of watching", ("watched by", "median", "range", "slower by", "n"), lines, found, note)
