"""The tour's grids of digits: what networks with two latent units decode the same codes to."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import streamlit as st
import torch

from ae.analysis import digit_classifier, reconstruct
from ae.analysis.digit_classifier import RECOGNISED, SURE
from ae.runs.folders import Run
from ae.ui import address, cached
from ae.ui.component import component
from ae.ui.network import classifier_network, page_network

REACH = 2.0
"""The grids show codes from -REACH to REACH: 95 % of a standard normal distribution, in each unit."""

TILES = 11
"""Images on each side of a grid."""

_PLANES = component("tour_planes", '<div class="planes"></div>', styles=("digit", "code_pad"))


class Grid(NamedTuple):
    """What the digit classifier sees in each image of a grid, rows from the top."""

    digits: np.ndarray
    sure: np.ndarray

    @property
    def found(self) -> list[int]:
        """The digits of which the digit classifier is ``SURE`` in at least one image."""
        return sorted(set(self.digits[self.sure >= SURE].tolist()))


def grid(run: Run) -> Grid:
    """Return what the digit classifier sees in the grid of a network with two latent units."""
    return _classified(run, cached.state(run))


@st.cache_resource(show_spinner=False, max_entries=8)
def _classified(_run: Run, weights: cached.State) -> Grid:
    images = reconstruct.decode(cached.model(_run), torch.from_numpy(codes()))
    digits, sure = digit_classifier.classify(reconstruct.only_finite(images))
    return Grid(digits.numpy(), sure.numpy())


def codes() -> np.ndarray:
    """Return the codes that a grid decodes, in the middle of each image, float32 with shape (TILES², 2)."""
    along = ((np.arange(TILES) + 0.5) / TILES * 2 - 1) * REACH
    across, up = np.meshgrid(along, along[::-1])
    return np.stack([across.ravel(), up.ravel()], 1).astype("float32")


def within(run: Run) -> float:
    """Return the share of a network's codes of the test images that lie in the range of the grids."""
    return float((cached.test_codes(run).abs() <= REACH).all(1).float().mean())


def telling_code(clear: Grid, unclear: Grid | None) -> tuple[float, float]:
    """Return the code where one network's image is a clear digit, and the other's is not.

    Args:
        clear: the grid in which the digit classifier is to be sure.
        unclear: the grid in which it is not, if there is one.
    """
    gain = clear.sure - (unclear.sure if unclear else 0)
    x, y = codes()[int(gain.argmax())].tolist()
    return round(x, 2), round(y, 2)


def code(first: tuple[float, float]) -> tuple[float, float]:
    """Return the code in the address, or the first one if there is none on the plane."""
    try:
        x, y = (float(word) for word in st.query_params.get("code", "").split(","))
    except ValueError:
        return first
    return (x, y) if math.hypot(x, y) <= 2 * REACH else first


def planes(names: Mapping[Run, str], grids: Mapping[Run, Grid], at: tuple[float, float]) -> None:
    """Show the grids of networks, which decode the same code.

    Args:
        names: what to call each network.
        grids: of each of them.
        at: the code.
    """
    _PLANES(
        key="tour_planes",
        data={
            "planes": [
                {"name": name, "found": grids[run].found, "network": page_network(run)} for run, name in names.items()
            ],
            "classifier": classifier_network(),
            "low": [-REACH, -REACH],
            "high": [REACH, REACH],
            "tiles": TILES,
            "code": at,
            "least": RECOGNISED,
        },
        on_code_change=_moved,
    )


def _moved() -> None:
    """Put the code that the browser has sent into the address, if it is one."""
    sent = st.session_state["tour_planes"].get("code")
    if isinstance(sent, list) and len(sent) == 2 and all(type(value) in (int, float) for value in sent):
        address.put("code", ",".join(f"{value:.3g}" for value in sent))
