"""Curves of quality against noise strength."""

from ae.plots.colours import FILTERS
from ae.plots.noise_curve import DASHES


def test_filters_differ_in_dash_and_every_dash_can_be_shown_in_a_legend():
    dashes = [dash for dash, _ in FILTERS]
    assert len(set(dashes)) == len(dashes)
    assert set(dashes) | {"solid"} <= set(DASHES)
