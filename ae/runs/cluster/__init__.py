"""Train runs on the machines of a Ray cluster. Only ``streams`` and ``halving`` import Ray, and only when it is used.

The machine that asks, the driver, is the one writer: ``jobs`` trains elsewhere and sends back what is recorded of every
epoch, ``streams`` carries it, and ``driver`` writes it into the run's folder by ``ae.runs.recording``, as a run that is
trained here does.
"""
