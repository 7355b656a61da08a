"""Jobs on a Ray cluster: connect to it or start one, submit jobs, and receive their messages as they come."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from secrets import token_hex
from typing import Any, NamedTuple, Protocol

from ae.data.datasets import Dataset
from ae.runs.cluster.jobs import Failed, Job, Message, carry_out
from ae.runs.errors import RunError
from ae.runs.log import sentence

INSTALL = "python -m pip install -r requirements-cluster.txt"

QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32)}
"""Environment of Ray: it reports nothing to its makers, and a cluster that is started here listens on the loopback
interface only, where others on this machine would need the token."""

UNREAD = 2
"""The most messages of a job that wait to be read; its training then waits too, so that they fit into memory."""

STORE_BYTES = 2**28
"""For the messages that wait to be read, on a cluster that is started here."""


LOSSES = {
    "WorkerCrashedError": "its process died",
    "NodeDiedError": "its machine was lost",
    "OutOfMemoryError": "its machine ran out of memory",
}
"""What happened to a job, by the name of Ray's error."""


class Lost(NamedTuple):
    """The process of a job, or its machine, was lost; the job can be submitted again."""

    sentence: str


class Ended(NamedTuple):
    """The job has no more messages."""


Update = Message | Lost | Ended


class Needs(NamedTuple):
    """What a run needs of the machine that trains it."""

    cpus: int = 1
    gpus: float = 0


class Cluster(Protocol):
    """Where jobs are done. A job has a key, under which its messages come back; see ``Streams``."""

    def slots(self) -> int:
        """Return how many jobs can be done at once now."""

    def submit(self, key: str, job: Job, shared: list[Any]) -> None:
        """Have a job done, with the dataset that is shared, if any."""

    def poll(self, seconds: float) -> list[tuple[str, Update]]:
        """Return the next messages, waiting for the first of them for at most so long."""

    def cancel(self, key: str) -> None:
        """Cancel a job: nothing more comes from it."""

    def share(self, dataset: Dataset) -> list[Any]:
        """Make a dataset known to the cluster; each machine that needs it receives it once."""


class Streams:
    """Jobs of this process, which is part of the cluster. Each is a task whose generator Ray streams."""

    def __init__(self, needs: Needs) -> None:
        import ray

        self._ray, self._needs = ray, needs
        self._remote = ray.remote(
            num_cpus=needs.cpus,
            num_gpus=needs.gpus,
            num_returns="streaming",
            max_retries=0,  # from the beginning, by Ray; the driver goes on from the last state
            _generator_backpressure_num_objects=UNREAD,
        )(carry_out)
        self._keys: dict[Any, str] = {}

    def slots(self) -> int:
        """Return how many jobs all machines together can do at once."""
        machines = [machine["Resources"] for machine in self._ray.nodes() if machine["Alive"]]
        cpus, gpus = self._needs
        fit = (
            min(int(has.get("CPU", 0) // cpus), int(has.get("GPU", 0) / gpus) if gpus else 10**6) for has in machines
        )
        return sum(fit)

    def submit(self, key: str, job: Job, shared: list[Any]) -> None:
        """Submit a task."""
        self._keys[self._remote.remote(job, *shared)] = key

    def poll(self, seconds: float) -> list[tuple[str, Update]]:
        """Return at most one message of each task."""
        if not self._keys:
            return []
        if not self._ray.wait([*self._keys], timeout=seconds)[0]:
            return []
        ready, _ = self._ray.wait([*self._keys], num_returns=len(self._keys), timeout=0)
        return [(self._keys[stream], self._next(stream)) for stream in ready]

    def _next(self, stream: Any) -> Update:  # noqa: ANN401
        from ray import exceptions

        try:
            message: Message = self._ray.get(next(stream))
            return message
        except StopIteration:
            del self._keys[stream]
            return Ended()
        except exceptions.RayTaskError as error:  # not from the job's own code: the package is missing there, say
            return Failed(sentence(error.cause or error), str(error))  # and the stream ends after that
        except exceptions.RayError as error:
            del self._keys[stream]
            return Lost(LOSSES.get(type(error).__name__, f"the cluster lost it ({type(error).__name__})"))

    def cancel(self, key: str) -> None:
        """Cancel a job's task; its process is kept for other tasks, if it can be."""
        for stream in [stream for stream, other in self._keys.items() if other == key]:
            del self._keys[stream]
            self._ray.cancel(stream, force=False)

    def share(self, dataset: Dataset) -> list[Any]:
        """Put a dataset into the object store."""
        return [self._ray.put(dataset)]


class Client:
    """Jobs of a cluster that this process is not part of: an actor there has them done, as Ray Client can't stream."""

    def __init__(self, needs: Needs) -> None:
        import ray

        self._ray = ray
        self._streams = ray.remote(num_cpus=0)(Streams).remote(needs)

    def slots(self) -> int:
        """Ask the actor."""
        return int(self._ray.get(self._streams.slots.remote()))

    def submit(self, key: str, job: Job, shared: list[Any]) -> None:
        """Have the actor submit a task."""
        self._ray.get(self._streams.submit.remote(key, job, shared))

    def poll(self, seconds: float) -> list[tuple[str, Update]]:
        """Return what the actor has received."""
        updates: list[tuple[str, Update]] = self._ray.get(self._streams.poll.remote(seconds))
        return updates

    def cancel(self, key: str) -> None:
        """Have the actor cancel a task."""
        self._ray.get(self._streams.cancel.remote(key))

    def share(self, dataset: Dataset) -> list[Any]:
        """Put a dataset into the cluster's object store."""
        return [self._ray.put(dataset)]


@contextmanager
def connected(address: str, needs: Needs, *, workers: int = 1) -> Iterator[Cluster]:
    """Connect to a Ray cluster, or start one on this machine that ends with this.

    Args:
        address: ``ray`` for one on this machine; ``ray://HOST:PORT`` for a running one, by Ray Client; ``HOST:PORT``,
            ``auto`` for one that this machine is part of.
        needs: of each run.
        workers: how many runs a cluster that is started here trains at once.

    Raises:
        ValueError: Ray is not installed, or the address is something else.
        RunError: no cluster answers, or none of its machines has what a run needs.
    """
    check(address)
    for name, value in (QUIET | (ALONE if address == "ray" else {})).items():
        os.environ.setdefault(name, value)  # Ray reads them when it is imported
    import ray

    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    with _own_signals():
        try:
            if address == "ray":
                local = {
                    "num_cpus": workers * needs.cpus,
                    "include_dashboard": False,
                    "object_store_memory": STORE_BYTES,
                }
                ray.init("local", **local, **quiet)
            else:
                ray.init(address, **quiet)
        except Exception as error:  # ConnectionError, RuntimeError, ValueError: Ray's own words say which
            raise RunError(f"no Ray cluster can be used at {address}: {sentence(error)}") from error
    try:
        cluster: Cluster = Client(needs) if address.startswith("ray://") else Streams(needs)
        if not cluster.slots():
            gpus = f" and {needs.gpus:g} of a GPU" if needs.gpus else ""
            raise RunError(f"no machine of the cluster has what a run needs: {needs.cpus} of its cores{gpus}")
        yield cluster
    except ray.exceptions.RayError as error:
        raise RunError(f"the cluster was lost ({sentence(error)}): start the sweep again to go on") from error
    finally:
        ray.shutdown()


def check(address: str) -> None:
    """Check that Ray is installed and that an address is one of a cluster.

    Raises:
        ValueError: it is not.
    """
    kind, _, port = address.rpartition(":")
    if address not in ("ray", "auto") and not (kind.removeprefix("ray://") and port.isdecimal()):
        raise ValueError(f"no cluster has the address {address!r}: use ray, or ray://HOST:10001")
    if find_spec("ray") is None:
        raise ValueError(f"{address} needs Ray, which is not installed: run {INSTALL}")


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep this process's way to handle a request to end, which Ray replaces by its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
