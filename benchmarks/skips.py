"""What a bottleneck costs a denoiser: the network of *denoiser* with skip connections around it, as in a U-Net."""

from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from ae.analysis import denoise
from ae.data import datasets
from ae.models.registry import MODELS, Network
from ae.models.residual import ResidualAutoencoder
from ae.presets import preset
from ae.train.loop import train
from benchmarks.keeping import Result, save
from benchmarks.quality import SIGMAS, denoising

NETWORK = Network("benchmarks.skips:WithSkips", "With skip connections", "", "Ronneberger et al. 2015")


class WithSkips(ResidualAutoencoder):
    """What each layer before the bottleneck has computed is added to the input of one behind it.

    So a "code" is the code itself, followed by all of these.
    """

    def encode(self, X: Tensor) -> Tensor:  # noqa: N803
        """Return the codes of images, and the values of the layers before them, (B, code_size + count * width)."""
        first, *blocks, norm, last = self.encoder
        values = [first(X.flatten(1))]
        for block in blocks:
            values.append(block(values[-1]))
        return torch.cat([last(norm(values[-1])), *values], 1)

    def decode(self, X: Tensor) -> Tensor:  # noqa: N803
        """Return flat images, (B, pixels), values in [0, 1], from what ``encode`` returns."""
        first, *blocks, norm, last = self.decoder
        code, skipped = X.split([first.in_features, X.shape[1] - first.in_features], 1)
        values = list(skipped.split(first.out_features, 1))
        hidden = first(code)
        for block in blocks:
            hidden = block(hidden + values.pop() if values else hidden)
        return torch.sigmoid(last(norm(hidden)).float())


def measure(seeds: int) -> Result:
    """Train it by the recipe of *denoiser* from each seed, and measure it as the others."""
    dataset, rows = datasets.load("mnist"), []
    for seed in range(seeds):
        with patch.dict(MODELS, residual=NETWORK):
            *_, epoch = train(preset("denoiser", seed=seed), dataset)
        found: dict[str, Any] = {"seed": seed, "denoising": denoising(denoise.by_model(epoch.model), dataset)}
        rows.append(found)
        print(found, flush=True)
    return save("skips", {"sigmas": SIGMAS, "n": seeds, "rows": rows})
