"""A run as a folder: its file names, reading and writing it, the queue that trains it, replay, comparison, shipping.

Imports everything below: ``models``, ``data``, ``recipe``, ``presets``, ``train`` and ``analysis``.
"""
