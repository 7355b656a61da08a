"""What a trained model does: metrics, reconstruction, denoising, interpolation, the latent space, the digit classifier.

Arrays in, arrays out: no figures, no files of runs. Imports ``models``, ``data`` and ``recipe``.
"""
