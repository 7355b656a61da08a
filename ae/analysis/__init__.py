"""Analysis of trained models: metrics, reconstruction, denoising, interpolation, latent space, digit classifier.

Arrays in, arrays out: no figures, no files of runs. Imports ``models``, ``data`` and ``recipe``.
"""
