"""The latent codes in motion: points that follow the codes from epoch to epoch without turning or flipping."""

import numpy as np
import torch

from ae.analysis import latent


def steady(codes: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """Project codes onto the plane that contains most of their variance, turned towards the points of the epoch before.

    Principal components have no sign, and change places when their variances do. So the points are rotated or mirrored
    such that the sum of squared distances to the points before is least (orthogonal Procrustes). One or two units are
    shown as they are.

    Args:
        codes: of an epoch, with shape (P, D).
        before: the result for the epoch before, with shape (P, 2); None for the first.

    Returns:
        float32 points with shape (P, 2).
    """
    tensor = torch.from_numpy(codes.astype(np.float32))
    points: np.ndarray = latent.plane(tensor).to_plane(tensor).numpy()
    if before is None or codes.shape[1] <= 2:
        return points
    left, _, right = np.linalg.svd(points.T @ (before - before.mean(0)))
    turned: np.ndarray = points @ (left @ right).astype(np.float32)
    return turned
