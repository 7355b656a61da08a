"""The menu Export offers every format of a run and the reports, and says what is missing."""

import pytest
from screens import COMPARE, LATENT, ids, screen

from ae.plots.report import page
from ae.runs import optional
from ae.runs.exports.formats import FORMATS

pytestmark = pytest.mark.usefixtures("screens_alone")


def files(app):
    """Return the buttons that save files, by the name of their key."""
    return {button.proto.id.partition("save-")[2]: button.proto for button in app.get("download_button")}


def blocks(within):
    """Return all containers of one kind within one, menus among them."""
    for child in within.children.values():
        if hasattr(child, "children"):
            if hasattr(child.proto, "popover"):
                yield child
            yield from blocks(child)


def test_a_finished_run_offers_every_format_and_both_reports(finished):
    found = files(screen("pages/train.py", run=finished.id))
    for template in page.TEMPLATES:
        assert f"{finished.id}-{template}.html" in found
    for name, form in FORMATS.items():
        proto = found[f"{finished.id}{form.ending}" if form.ending else f"{finished.id}-{name}.zip"]
        assert not proto.disabled


@pytest.mark.parametrize("path", ["pages/train.py", LATENT])
def test_every_file_of_a_run_is_in_the_menu(finished, path):
    app = screen(path, run=finished.id, **({"view": "Replay"} if path == LATENT else {}))
    (menu,) = (block for block in blocks(app.main) if block.proto.popover.label == "Export")
    saved = {button.proto.id for button in app.get("download_button")}
    assert len(saved) > 5 and saved == {button.proto.id for button in menu.get("download_button")}


def test_a_format_whose_library_is_missing_is_off_and_says_how_to_install_it(finished, monkeypatch):
    monkeypatch.setattr(optional, "find_spec", lambda module: None)
    found = files(screen("pages/train.py", run=finished.id))
    assert found[f"{finished.id}-onnx.zip"].disabled
    assert "python -m pip install onnx onnxscript" in found[f"{finished.id}-onnx.zip"].help
    assert not found[f"{finished.id}.pth"].disabled


def test_a_comparison_offers_the_reports(several):
    found = files(screen(COMPARE, runs=ids(several)))
    assert {"comparison-standard.html", "comparison-coursework.html"} <= set(found)


def test_the_menu_chooses_what_charts_and_animations_are_saved_as(finished):
    app = screen("pages/train.py", run=finished.id)
    assert {"loss.png", "replay.gif", "codes.gif"} <= set(files(app))
    app.segmented_control(key="charts_as").set_value("svg").run()
    app.segmented_control(key="animations_as").set_value(".mp4").run()
    assert not app.exception
    assert {"loss.svg", "replay.mp4", "codes.mp4"} <= set(files(app))
