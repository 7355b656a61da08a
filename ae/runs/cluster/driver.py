"""Have runs trained on a cluster, and record them here: one process writes into the folders of all of them.

A run that is trained elsewhere looks like any other: it is locked here, its epochs appear in its folder, and a request
to stop it is a file there.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ae.data import datasets
from ae.data.sources import DataError
from ae.runs import files, log, queue, reading, recording, tickets, working
from ae.runs.card import write_card
from ae.runs.cluster.jobs import Begun, Failed, Job, Lacking, Measured, read_state, software
from ae.runs.cluster.streams import Cluster, Ended, Lost, Update
from ae.runs.filenames import ERROR, STATE, STOP
from ae.runs.folders import Run, RunError
from ae.runs.log import sentence
from ae.runs.reading import Line, stop_asked
from ae.runs.recording import Recorded

POLL_SECONDS = 0.2
"""How long to wait for messages before looking for requests to stop."""

EVERY_SECONDS, EACH_SECONDS = 1.0, 0.1
"""The least time between two messages of a run: a second, or so much for each run that is trained at the same time.
Recording a message takes less than the latter (docs/CLUSTER.md), so the driver keeps up with any number of runs."""

SLOTS_SECONDS = 2.0
"""How often to ask how many runs the cluster can train at once."""

CRASHES = 3
"""After so many crashes in a row with no epoch between them, a run has failed."""


class Progress(NamedTuple):
    """Epochs of a run are in its folder, or its training has ended."""

    run: Run
    lines: tuple[Line, ...]
    ended: bool


class Early(Protocol):
    """Decides which runs are hopeless; see ``ae.runs.cluster.halving``."""

    def reason_to_stop(self, run: Run, lines: Sequence[Line]) -> str:
        """Return why a run should stop after these epochs, its next ones, in a few words; empty if it should not."""


@dataclass
class _Active:
    """A run that the cluster is training."""

    run: Run
    held: ExitStack
    """What is given back when its training has ended: its lock."""
    done: int
    """The last epoch in its folder; -1 if there is none."""
    shared: list[Any]
    """Its dataset, if the cluster's machines could not load it."""
    crashes: int = 0
    stopping: bool = False
    measured: bool = False


class Driver:
    """Has queued runs trained on a cluster.

    Args:
        cluster: where.
        threads: for each run.
        early: which runs to stop early; none if None.
        say: called with progress messages about a run, which also go into its log.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        threads: int = 1,
        early: Early | None = None,
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._cluster, self._threads, self._early, self._say = cluster, threads, early, say
        self._active: dict[str, _Active] = {}
        self._shared: dict[str, list[Any]] = {}
        self._slots, self._total, self._asked = 0, 0, float("-inf")

    def train(self, runs: Sequence[Run], *, stopped: Callable[[], bool] = lambda: False) -> Iterator[Progress]:
        """Train runs to their ends, as many at once as fit on the cluster; yield as their epochs arrive.

        A run that fails, is stopped or is trained by another process does not end the others. If this is ended early,
        what is being trained is given up: it is interrupted after its last recorded epoch, and can be resumed.

        Args:
            runs: queued by ``ae.runs.queue.start_all(..., elsewhere=True)``.
            stopped: once it returns True, all runs are stopped, with the models of their last whole epochs.

        Raises:
            RunError: the cluster was lost.
        """
        waiting, idle = deque(runs), False
        self._total = len(runs)
        try:
            while waiting or self._active:
                if waiting and stopped():
                    queue.stop_all([*waiting])
                    yield from (Progress(run, (), True) for run in waiting)
                    waiting.clear()
                while waiting and len(self._active) < self._room():
                    yield from self._begin(waiting.popleft())
                updates = self._cluster.poll(POLL_SECONDS)
                for key, update in updates:
                    if key in self._active:  # otherwise it was stopped meanwhile
                        yield from self._take(self._active[key], update)
                for active in [*self._active.values()]:
                    if not active.stopping and (stopped() or stop_asked(active.run)):
                        yield from self._stop(active)
                if waiting and not self._active:
                    if not idle:
                        self._say("The cluster has no machine for a run at the moment: waiting for one")
                    idle = True
                    time.sleep(POLL_SECONDS)
        finally:
            left, self._active = self._active, {}
            for active in left.values():
                active.held.close()
            for key in left:
                self._cluster.cancel(key)

    def _room(self) -> int:
        if time.monotonic() >= self._asked + SLOTS_SECONDS:
            self._slots, self._asked = self._cluster.slots(), time.monotonic()
        return self._slots

    def _begin(self, run: Run) -> Iterator[Progress]:
        """Lock a run, and have it trained."""
        with ExitStack() as stack:
            try:
                stack.enter_context(working.locked(run))
                tickets.remove(run.path)
                if stop_asked(run):
                    return
                write_card(run)
                active = _Active(run, stack, -1, self._shared.get(run.recipe.dataset, []))
                self._submit(active)
            except (RunError, OSError) as error:  # such as one that another process is training
                self._note(run, sentence(error))
                yield Progress(run, (), True)
                return
            active.held = stack.pop_all()
            self._active[run.id] = active

    def _submit(self, active: _Active) -> None:
        """Have a run trained from its last recorded epoch.

        Raises:
            RunError: its resume state can't be used.
        """
        state = recording.prepare(active.run, say=lambda message: self._note(active.run, message))
        active.done = state["epoch"] if state else -1
        self._send(active, training=True)

    def _send(self, active: _Active, *, training: bool) -> None:
        state = (active.run.path / STATE).read_bytes() if active.done >= 0 else b""
        threads = recording.threads(active.run, self._threads)
        every = max(EVERY_SECONDS, EACH_SECONDS * min(self._slots, self._total))
        job = Job(active.run.recipe.to_dict(), state, threads, software(), every, training)
        self._cluster.submit(active.run.id, job, active.shared)

    def _take(self, active: _Active, update: Update) -> Iterator[Progress]:
        run = active.run
        try:
            match update:
                case Begun():
                    self._note(run, f"On {update.host}, process {update.process}")
                    recording.begin_replay(run, update.beginning, active.done)
                case Recorded():
                    yield from self._record(active, update)
                case Measured():
                    recording.write_measured(run, update.figures, update.preview)
                    active.measured = True
                case Lacking():
                    self._share(active, update.sentence)
                case Failed():
                    log.note(run.path, update.traceback)
                    self._fail(run, update.sentence)
                case Lost():
                    yield from self._retry(active, update.sentence)
                case Ended():
                    yield from self._end(active)
        except (RunError, OSError, DataError) as error:  # its folder can't be written, say: the others go on
            self._cluster.cancel(run.id)
            self._fail(run, sentence(error))
            yield from self._end(active)

    def _record(self, active: _Active, recorded: Recorded) -> Iterator[Progress]:
        run = active.run
        recording.write(run, recorded, read_state(recorded.state)["model"])
        active.done, active.crashes = recorded.lines[-1].epoch, 0
        for line in recorded.lines:
            log.note(run.path, working.progress(run, line.epoch, line.monitored_loss))
        yield Progress(run, recorded.lines, False)
        reason = self._early.reason_to_stop(run, recorded.lines) if self._early else ""
        if reason and active.done < run.recipe.epochs and not active.stopping:
            self._note(run, f"Stopped early: {reason}")
            files.replace(run.path / STOP, f"early, {reason}\n".encode(), sync=False)

    def _stop(self, active: _Active) -> Iterator[Progress]:
        """End the epoch that has begun, and have the model of the last whole one measured."""
        if active.done == active.run.recipe.epochs:
            return
        self._cluster.cancel(active.run.id)
        active.stopping = True
        if not stop_asked(active.run):
            queue.stop(active.run)
        if active.done < 0:
            yield from self._end(active)
        else:
            self._send(active, training=False)

    def _retry(self, active: _Active, reason: str) -> Iterator[Progress]:
        """Go on from the last recorded epoch, unless that has been tried often enough."""
        active.crashes += 1
        if active.measured:
            yield from self._end(active)
        elif active.crashes >= CRASHES:
            self._fail(active.run, f"{reason}, {CRASHES} times in a row without an epoch between")
            yield from self._end(active)
        elif active.stopping:
            self._send(active, training=False)
        else:
            self._note(active.run, f"{reason[0].upper()}{reason[1:]}; training goes on from the last recorded epoch")
            self._submit(active)

    def _share(self, active: _Active, reason: str) -> None:
        """Send a run's dataset to the machines of the cluster, which could not load it.

        Raises:
            DataError: this machine can't load it either.
        """
        name = active.run.recipe.dataset
        if active.shared:
            raise DataError(reason)
        if name not in self._shared:
            self._shared[name] = self._cluster.share(datasets.load(name, say=self._say))
        active.shared = self._shared[name]
        self._cluster.cancel(active.run.id)
        self._send(active, training=not active.stopping)

    def _fail(self, run: Run, reason: str) -> None:
        self._note(run, reason)
        with suppress(OSError):  # such as the error itself: a full disk, or a folder that is gone
            files.replace(run.path / ERROR, reason.encode())

    def _end(self, active: _Active) -> Iterator[Progress]:
        """Release what a run held."""
        del self._active[active.run.id]
        if not reading.read_error(active.run):
            self._note(active.run, "Stopped" if active.stopping else "Finished")
        active.held.close()
        yield Progress(active.run, (), True)

    def _note(self, run: Run, message: str) -> None:
        log.note(run.path, message)
        self._say(f"{run.id}: {message}")
