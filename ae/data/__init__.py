"""Images: the datasets and their download, a person's own drawing or photo, noise and augmentation.

Imports nothing else of the package. To add a dataset, add an entry to ``sources.py``; a kind of noise, to ``noise.py``.
"""
