"""What a trained model does: metrics, reconstruction, denoising, interpolation, the latent space, the digit classifier.

Arrays in, arrays out; draws no figures and reads no runs. Imports ``models``, ``data`` and ``recipe``.
"""
