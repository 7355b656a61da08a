"""Every figure has a title, named axes, escaped text, and room for its legend."""

import numpy as np
import pandas as pd
import pytest
from histories import SPLIT, UNSPLIT, history

from ae.plots import bottleneck_curve, confusion_matrix, latent_plots, loss_curve, noise_curve, step_curve, sweep_plots
from ae.plots.colours import ACCENT, ERROR_COLOUR
from ae.plots.style import HALF
from ae.runs.comparison import Reported

RED, BLUE = "#ff0000", "#0000ff"
HOSTILE = "<a href='https://example.org'>x</a> & <b>y</b>"


BY_SETTING = pd.DataFrame(
    {"code_size": [2, 4], "mean": [0.04, 0.03], "least": [0.03, 0.02], "most": [0.05, 0.03], "runs": [3, 1]}
)


def by_size(name):
    return {
        name: pd.DataFrame(
            {"Bottleneck": [2, 4], "mean": [0.04, 0.03], "least": [0.039, 0.03], "most": [0.041, 0.03], "runs": [2, 1]}
        )
    }


def figures(name):
    """Return every figure that shows a name or a title passed to it."""
    lines = noise_curve.method_lines([name, "Median filter"], {name: RED})
    colours = {name: RED, "B": BLUE}
    return {
        "loss curves": loss_curve.curves(
            {name: (SPLIT, history(SPLIT)), "B": (UNSPLIT, history(UNSPLIT))},
            colours=colours,
            of=["validation", "training"],
        ),
        "sizes": bottleneck_curve.size_curve(
            by_size(name), [0.06, 0.05, 0.04, 0.03, 0.02], [Reported(8, 0.02, "a report")], {name: (4, 0.03)},
            colours=colours,
        ),
        "classes": bottleneck_curve.class_dots(
            {name: {"0": 0.01, "1": 0.02}, "B": {"0": 0.01, "1": 0.02}}, colours, ["0", "1"]
        ),
        "noise": noise_curve.noise_curve(
            {name: [20.0, 15.0], "Median filter": [18.0, 10.0]}, [0.1, 0.5], lines,
            title=name, unit="std", of="PSNR (dB)", form=".1f", at=0.5,
        ),
        "steps": step_curve.step_curve({name: np.ones(4), "Cross-fade": np.ones(4)}, {name: "#123456"}),
        "units": latent_plots.unit_bars(np.array([1.0, 0.0]), np.array([True, False]), title=name, unit="Deviation"),
        "code": latent_plots.code_bars(np.array([1.0, 2.0]), np.array([[0, 0], [1, 1], [2, 2.0]]), title=name),
        "setting": sweep_plots.setting_curve({name: BY_SETTING, "B": BY_SETTING}, "code_size", "Bottleneck size"),
        "confusion": confusion_matrix.confusion_matrix(np.eye(2), ["0", "1"], title=name),
    }  # fmt: skip


NAMES = tuple(figures("A"))


@pytest.mark.parametrize("kind", NAMES)
def test_names_and_titles_are_text(kind):
    figure = figures(HOSTILE)[kind]
    shown = [figure.layout.title.text, *(trace.name for trace in figure.data if trace.name)]
    assert any("&lt;" in text for text in shown)
    assert not any("<" in text or "& " in text for text in shown)
    for trace in figure.data:
        assert "https" not in str(trace.hovertemplate) and "https" not in str(trace.customdata)


@pytest.mark.parametrize("kind", NAMES)
def test_every_figure_has_a_title_and_both_axes_are_named(kind):
    layout = figures("A")[kind].layout
    assert layout.title.text and layout.xaxis.title.text
    assert layout.yaxis.title.text or layout.title.subtitle.text  # below the title, where it takes no width


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_of_any_length_leaves_room_for_the_axes(kind):
    layout = figures("long name " * 20)[kind].layout
    assert layout.height - layout.margin.t - layout.margin.b >= 180
    assert HALF - layout.margin.l - layout.margin.r >= 180


def test_inactive_units_are_marked_by_text_and_colour():
    figure = figures("A")["units"]
    assert [(trace.name, list(trace.text)) for trace in figure.data] == [("Active", [""]), ("Inactive", ["inactive"])]
    assert figure.data[0].marker.color != figure.data[1].marker.color


def test_a_confusion_matrix_shows_the_share_of_each_true_digit_blue_if_recognised_and_red_if_not():
    figure = confusion_matrix.confusion_matrix(np.array([[3, 1], [0, 5]]), ["0", "1"], title="A")
    (cells,) = figure.data
    assert [list(row) for row in cells.text] == [["75%", "25%"], ["", "100%"]]
    assert np.allclose(cells.z, [[0.75, -0.25], [0, 1]]) and (cells.zmin, cells.zmax) == (-1, 1)
    assert [(each.y, each.x, each.text) for each in figure.layout.annotations] == [
        ("0", "0", "75%"), ("0", "1", "25%"), ("1", "1", "100%")
    ]  # fmt: skip
    ends = [list(map(float, colour[5:-1].split(","))) for _, colour in (cells.colorscale[0], cells.colorscale[-1])]
    for (red, green, blue, opacity), colour in zip(ends, (ERROR_COLOUR, ACCENT), strict=True):
        assert (red, green, blue) == tuple(bytes.fromhex(colour[1:])) and opacity > 0.5
    empty = confusion_matrix.confusion_matrix(np.zeros((2, 2)), ["0", "1"], title="A")
    assert np.isfinite(np.array(empty.data[0].z)).all()


def test_pca_and_runs_are_at_their_bottleneck_sizes():
    figure = figures("A")["sizes"]
    pca, reported, group, chosen = figure.data
    assert (list(pca.x), list(pca.y)) == ([1, 2, 3, 4], [0.05, 0.04, 0.03, 0.02])
    assert (list(reported.x), list(reported.y)) == ([8], [0.02])
    assert (list(group.x), list(group.y)) == ([2, 4], [0.04, 0.03])
    assert np.allclose(group.error_y.array, [0.001, 0]) and np.allclose(group.error_y.arrayminus, [0.001, 0])
    assert (list(chosen.x), list(chosen.y)) == ([4], [0.03])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_the_band_and_the_bars_of_a_setting_reach_from_the_least_to_the_greatest():
    band, line, *_ = figures("A")["setting"].data
    assert (list(band.x), list(band.y)) == ([2, 4, 4, 2], [0.05, 0.03, 0.02, 0.03])
    assert np.allclose(line.error_y.array, [0.01, 0]) and np.allclose(line.error_y.arrayminus, [0.01, 0.01])
    words = BY_SETTING.assign(code_activation=["relu", "none"])
    (points,) = sweep_plots.setting_curve({"A": words}, "code_activation", "Activation", words=str.upper).data
    assert (list(points.x), points.mode) == (["RELU", "NONE"], "markers")


def test_a_psnr_without_noise_does_not_stretch_the_scale():
    lines = noise_curve.method_lines(["A"], {"A": RED})
    figure = noise_curve.noise_curve(
        {"A": [100.0, 20.0]}, [0, 1], lines, title="t", unit="std", of="PSNR", form=".1f", at=0.5
    )
    assert list(figure.data[0].y) == [None, 20.0]


def test_runs_are_solid_and_methods_without_a_network_are_not():
    lines = noise_curve.method_lines(["Noisy", "A", "B", "Median"], {"A": RED, "B": BLUE})
    assert [lines[name][0] == "solid" for name in ("Noisy", "A", "B", "Median")] == [False, True, True, False]
    assert len({colour for _, colour in lines.values()}) == 4
