"""A cluster in this process: the jobs are the real ones, their messages come one at a time, and it can lose any."""

from collections import Counter

from ae.runs.cluster.jobs import carry_out
from ae.runs.cluster.streams import Ended, Lost


class FakeCluster:
    """``jobs`` are all that were submitted, in order; ``most`` is the most that it had at once."""

    def __init__(self, places=2, *, losing=()):
        self.places, self.losing = places, Counter(losing)
        self.jobs, self.cancelled, self.most, self.shared_datasets = [], [], 0, []
        self.streams, self.messages = {}, Counter()

    def slots(self):
        return self.places

    def submit(self, key, job, shared):
        assert key not in self.streams
        self.jobs.append((key, job))
        self.streams[key] = carry_out(job, *shared)
        self.most = max(self.most, len(self.streams))

    def poll(self, seconds):
        return [(key, self._next(key)) for key in [*self.streams]]

    def _next(self, key):
        self.messages[key] += 1
        if self.losing[key, self.messages[key]]:
            del self.streams[key]
            return Lost("its process died")
        update = next(self.streams[key], Ended())
        if update == Ended():
            del self.streams[key]
        return update

    def cancel(self, key):
        self.cancelled.append(key)
        self.streams.pop(key, None)

    def share(self, dataset):
        self.shared_datasets.append(dataset)
        return [dataset]
