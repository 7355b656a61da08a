"""t-SNE maps of latent codes."""

import numpy as np

ITERATIONS = 500


def tsne(codes: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Map codes, with shape (N, D), to a plane so that neighbours stay neighbours (van der Maaten & Hinton 2008).

    On one core, 2,000 codes take about four seconds and 5,000 about eleven.

    Args:
        codes: at least four.
        seed: the same seed gives the same map.

    Returns:
        points, float32 with shape (N, 2).
    """
    from sklearn.manifold import TSNE  # a second to import
    from threadpoolctl import threadpool_limits

    codes = np.nan_to_num(codes)
    if np.ptp(codes, axis=0).max(initial=0) == 0:  # all equal: there is nothing to map
        return np.zeros((len(codes), 2), np.float32)
    mapping = TSNE(
        perplexity=min(30, (len(codes) - 1) / 3),
        init="pca" if codes.shape[1] > 2 else "random",
        max_iter=ITERATIONS,
        random_state=seed,
        n_jobs=1,
    )
    with threadpool_limits(1):  # several threads would add in a varying order, and so give another map each time
        points: np.ndarray = mapping.fit_transform(codes)
    return points.astype(np.float32)
