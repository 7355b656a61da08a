"""What the view of a sweep is sent: of each run, only what the page does not have yet.

A message is packed as those of ``live_data``: a header, then images in the order of the header.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ae.data.texts import duration
from ae.plots import loss_curve
from ae.plots.style import thinned
from ae.runs import filenames, log, queue, reading
from ae.runs.estimate import seconds_left
from ae.runs.folders import Run
from ae.runs.reading import Line
from ae.ui.live_data import packed
from ae.ui.monitor import MEASURING

MOST = 16
"""The most runs watched together with the images of each."""

NOTHING = (-1, 0)


@dataclass(frozen=True)
class Have:
    """What a page has of a sweep.

    Attributes:
        sweep: the key of its runs; empty if it has nothing.
        runs: the last epoch of each run's curve, and when its newest images were written, by its id.
        originals: whether it has the original images.
    """

    sweep: str = ""
    runs: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    originals: bool = False


def checked(sent: object) -> Have:
    """Return a browser's message; if it is malformed, the page has nothing."""
    if not isinstance(sent, Mapping):
        return Have()
    sweep, runs = sent.get("sweep"), sent.get("runs")
    if not (isinstance(sweep, str) and isinstance(runs, Mapping)):
        return Have()
    for has in runs.values():
        if not (isinstance(has, list) and len(has) == 2 and all(type(n) is int and -1 <= n < 2**53 for n in has)):
            return Have()
    known = {run: (has[0], has[1]) for run, has in runs.items()}
    return Have(sweep, known, sent.get("originals") is True)


def message(
    group: Sequence[Run],
    have: Have,
    head: Mapping[str, Any],
    *,
    states: Mapping[Run, queue.State],
    histories: Mapping[Run, Sequence[Line]],
) -> bytes:
    """Return what a page needs to know.

    Args:
        group: the runs of the sweep.
        have: what the page has.
        head: what else the header says.
        states: of the runs.
        histories: of the runs, in full.
    """
    sweep = key(group)
    begun = have.sweep == sweep
    originals = begun and have.originals
    runs, blocks = [], []
    for run in group:
        last, written = have.runs.get(run.id, NOTHING) if begun else NOTHING
        new = thinned([line for line in histories[run] if line.epoch > last])
        entry: dict[str, Any] = {
            "after": last,
            "epochs": [line.epoch for line in new],
            "losses": [_short(line.monitored_loss) for line in new],
            "words": words(run, states[run], histories[run]),
            "ends": {"queued": "Remove", "running": "Stop"}.get(states[run], "") if not reading.stop_asked(run) else "",
        }
        now = _written(run)
        if len(group) <= MOST and now != written and (preview := reading.read_preview(run)):
            entry |= {"written": now, "images": [len(preview[0]) * (not originals), len(preview[1])]}
            blocks += [images.tobytes() for images in preview[originals:]]
            originals = True
        runs.append(entry)
    return packed({**head, "sweep": sweep, "runs": runs}, blocks)


def key(group: Sequence[Run]) -> str:
    """Return what tells one group of runs from another: their ids, joined by commas, or a digest if there are many."""
    ids = ",".join(run.id for run in group)
    return ids if len(group) <= MOST else f"{len(group)}-{zlib.crc32(ids.encode()):08x}"


def words(run: Run, state: queue.State, history: Sequence[Line]) -> str:
    """Return in a few words how far a run is."""
    epochs, done = run.recipe.epochs, _done(history)
    match state:
        case "queued":
            return "Waiting"
        case "running" if not history:
            return log.last_line(run.path) or "Getting ready"
        case "running" if done == epochs or (reading.stop_asked(run) and log.last_line(run.path) == MEASURING):
            return MEASURING
        case "running" if reading.stop_asked(run):
            return "Stopping"
        case "running":
            return f"Epoch {done} of {epochs}"
        case "finished":
            return "Finished"
    return f"{state.capitalize()} after epoch {done} of {epochs}" if history else state.capitalize()


def unit(group: Sequence[Run]) -> str:
    """Return the quantity and unit on the loss axis."""
    units = {loss_curve.unit(run.recipe) for run in group}
    return units.pop() if len(units) == 1 else "Loss per pixel"


def progress(
    group: Sequence[Run], states: Mapping[Run, queue.State], histories: Mapping[Run, Sequence[Line]], since: float
) -> tuple[float, str]:
    """Return the share of all epochs that is done, 0 to 1, and a sentence, with the time left where it is known.

    Args:
        group: the runs of the sweep.
        states: of the runs.
        histories: of the runs.
        since: seconds since the last whole epoch of the one that is training.
    """
    done = sum(_done(histories[run]) for run in group)
    total = sum(run.recipe.epochs for run in group)
    trained = f"{sum(states[run] == 'finished' for run in group)} of {len(group)} models trained"
    active = [run for run in group if states[run] in queue.ACTIVE]
    epochs = f"{done:,} of {total:,} epochs" if active or done < total else f"{total:,} epochs"
    if not active:
        spent = sum(line.seconds for history in histories.values() for line in history)
        return done / total, f"{trained} · {epochs} in {duration(spent)}"
    if any(reading.stop_asked(run) for run in active):
        return done / total, f"{trained} · {epochs} · stopping"
    if not any(states[run] == "running" for run in active) and queue.busy():
        return done / total, f"{trained} · {epochs} · waiting for another run to end"
    running = sum(states[run] == "running" for run in active)
    left = seconds_left(active, histories, max(running, 1)) - (since if running else 0.0)
    if not left >= 1:  # it may be unknown
        return done / total, f"{trained} · {epochs}"
    return done / total, f"{trained} · {epochs} · about {duration(left) if left >= 60 else f'{round(left)} s'} left"


def _done(history: Sequence[Line]) -> int:
    return history[-1].epoch if history else 0


def _written(run: Run) -> int:
    """Return when a run's newest images were written, in microseconds since 1970; 0 if there are none."""
    try:
        return (run.path / filenames.PREVIEW).stat().st_mtime_ns // 1000
    except OSError:
        return 0


def _short(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
