"""Images: the datasets and their download, a person's own drawing or photo, noise and augmentation.

Imports nothing else from the package. To add a dataset, add an entry to ``sources.py``; for a kind of noise, to
``noise.py``.
"""
