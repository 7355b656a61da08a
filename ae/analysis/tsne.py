"""t-SNE."""

from collections.abc import Callable

import numpy as np


def tsne(codes: np.ndarray, *, seed: int = 0, say: Callable[[float], None] = lambda share: None) -> np.ndarray:
    """Lay codes, with shape (N, D), out on a plane so that neighbours stay neighbours (van der Maaten & Hinton 2008).

    Args:
        codes: at least four.
        seed: the same gives the same map.
        say: called with the share of the work that is done, 0 to 1.

    Returns:
        points, float32 with shape (N, 2).
    """
    from openTSNE import TSNE  # a second to import

    if np.ptp(codes, axis=0).max(initial=0) == 0:  # all the same: there is nothing to lay out
        say(1.0)
        return np.zeros((len(codes), 2), np.float32)

    early, late = 150, 350

    def progress(iteration: int, error: float, embedding: np.ndarray) -> None:
        nonlocal before
        if iteration < before:  # the second phase counts from the beginning
            progress.offset = early
        before = iteration
        say(min((progress.offset + iteration) / (early + late), 1.0))

    before, progress.offset = 0, 0
    fitted = TSNE(
        perplexity=min(30, (len(codes) - 1) / 3),
        early_exaggeration_iter=early,
        n_iter=late,
        initialization="pca" if codes.shape[1] > 2 else "random",
        random_state=seed,
        n_jobs=1,
        callbacks=progress,
        callbacks_every_iters=10,
    ).fit(codes.astype(np.float64))
    say(1.0)
    return np.asarray(fitted, np.float32)
