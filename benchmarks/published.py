"""Figures published by others, or measured from their published files; all on MNIST."""

PUBLISHED_MSE = {
    2: (0.0326, "the course homework's report, on its validation images"),
    8: (0.0210, "best of six public checkpoints of the course lab, measured"),
    16: (0.0089, "an MLP study"),
    30: (0.00383, "Hinton & Salakhutdinov, Science 2006"),
}
"""Test MSE per pixel by bottleneck size."""
PUBLISHED_DENOISING = {0.3: (14.2, 0.503), 0.5: (12.0, 0.346)}
"""PSNR (dB) and SSIM at sigma, of the best public checkpoint of the lab, measured; Gaussian, clipped."""
PUBLISHED_KNN = {
    2: (0.870, "best public autoencoder"),
    8: (0.915, "best public checkpoint of the course lab, measured"),
}
"""kNN accuracy (k = 5) by bottleneck size."""
PUBLISHED_ELBO = {2: (154, "published at that size"), 20: (104, "PyTorch's example, 10 epochs")}
"""Negative ELBO in nats per image by bottleneck size: binary cross-entropy + KL, grey MNIST."""
HOMEWORK_REPORT = 0.032616
"""Validation MSE in the homework's report, for its convolutional network with bottleneck size 2."""
