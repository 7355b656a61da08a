"""Nearest neighbours among latent codes."""

import torch
from torch import Tensor

NEIGHBOURS = 5
"""Neighbours shown for an image."""


def nearest(codes: Tensor, queries: Tensor, count: int) -> Tensor:
    """Return the indices, with shape (M, count), of the codes (N, D) nearest to each query (M, D), nearest first."""
    codes, queries = torch.nan_to_num(codes), torch.nan_to_num(queries)
    if codes.shape[1] <= 10:  # here a tree is up to a hundred times faster than computing all distances
        from scipy.spatial import cKDTree  # a fifth of a second to import

        indices = cKDTree(codes.numpy()).query(queries.numpy(), list(range(1, count + 1)))[1]
        return torch.from_numpy(indices).long()
    middle = codes.mean(0)  # subtracted to avoid cancellation
    codes, queries = codes - middle, queries - middle
    length = codes.square().sum(1)
    found = torch.empty(len(queries), count, dtype=torch.int64)
    # Allocated once: a new block each time would fragment the heap, by up to 1.5 GB.
    block = torch.empty(50, len(codes), dtype=codes.dtype)
    for chunk, result in zip(queries.split(len(block)), found.split(len(block)), strict=True):
        distances = torch.addmm(length, chunk, codes.T, alpha=-2, out=block[: len(chunk)])
        result[:] = distances.topk(count, largest=False).indices
    return found


def knn_right(codes: Tensor, labels: Tensor, test_codes: Tensor, test_labels: Tensor, *, k: int = 5) -> Tensor:
    """Whether each test code is classified correctly by its k nearest training codes, shape (M,) (Cover & Hart 1967).

    Args:
        codes: of the training images, with shape (N, D).
        labels: their classes, with shape (N,).
        test_codes: with shape (M, D).
        test_labels: with shape (M,).
        k: neighbours that vote; the smaller label wins a tie.
    """
    votes = labels[nearest(codes, test_codes, min(k, len(codes)))]
    return votes.mode(1).values == test_labels


def neighbours(codes: Tensor, code: Tensor, count: int = NEIGHBOURS) -> list[int]:
    """Return the indices of the ``count`` codes, with shape (N, D), nearest to one with shape (D,), nearest first."""
    distances = torch.nan_to_num(codes - code).square().sum(1)
    return distances.topk(min(count, len(codes)), largest=False, sorted=True).indices.tolist()
