"""Runs, a folder each: file names, reading, recording, the queue and its processes, replays, comparison, shipping.

Imports ``models``, ``data``, ``recipe``, ``presets``, ``train`` and ``analysis``.
"""
