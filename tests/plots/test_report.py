"""A report is one file that loads nothing, with numbered figures, the runs' numbers and their commands."""

import base64
import io
import re
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from PIL import Image

from ae.plots import line_chart
from ae.plots.line_chart import Curve
from ae.plots.report import page
from ae.runs import editing, folders, reading

HOSTILE = "</script><img src=x onerror=alert(1)> & \"'"


@pytest.fixture(scope="module")
def reports(_finished, tmp_path_factory):
    """The run on its own, in both templates, and a comparison of two, all with a hostile name."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("reports")
        patch.setenv("AE_CHECKPOINTS", str(place))
        for name in ("one", "two"):
            shutil.copytree(_finished.path, place / name)
            editing.change(folders.open_run(name), name=f"{name} {HOSTILE}")
        one, two = folders.open_run("one"), folders.open_run("two")
        return {
            "standard": page.report([one]).decode(),
            "coursework": page.report([one], "coursework").decode(),
            "comparison": page.report([one, two]).decode(),
        }


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.mark.parametrize("kind", ["standard", "coursework", "comparison"])
def test_it_is_one_small_file_that_loads_nothing_and_takes_names_as_text(reports, kind):
    text = reports[kind]
    assert len(text) < 5_000_000
    elements = Elements(text).found
    assert not [tag for tag, _ in elements if tag in ("link", "iframe")]
    for tag, attributes in elements:
        assert attributes.get("src", "data:").startswith("data:image/png;base64,") or "src" not in attributes
        assert not [name for name in attributes if name.startswith("on")], tag
    assert not re.search(r"@import|url\(", text)
    pictures = [attributes for tag, attributes in elements if tag == "img"]
    assert len(pictures) == (5 if kind == "comparison" else 4)
    for attributes in pictures:
        assert attributes["alt"]
        Image.open(io.BytesIO(base64.b64decode(attributes["src"].partition(",")[2]))).verify()


@pytest.mark.parametrize("kind", ["standard", "coursework", "comparison"])
def test_figures_and_tables_are_numbered_in_order_and_have_captions(reports, kind):
    for word in ("Figure", "Table"):
        numbers = [int(number) for number in re.findall(rf"<b>{word} (\d+)\.</b> \S", reports[kind])]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 3
    assert reports[kind].count("<figure") == reports[kind].count("<figcaption")


def test_it_has_the_runs_numbers_and_the_command(reports):
    for kind in ("standard", "coursework"):
        assert "python -m ae train --preset lab --dataset digits --code-size 4" in reports[kind]
        assert re.search(r"validation_images</th><td>16<", reports[kind])


def test_it_has_the_measurements(reports, _finished):
    text, measured = reports["standard"], reading.read_metrics(_finished)
    assert f"<td>{measured['test_mse']:.5f}</td>" in text
    assert f"<td>{measured['psnr']:.2f}</td>" in text


def test_the_coursework_template_has_the_sections_of_the_labs_report_and_places_to_write(reports):
    text = reports["coursework"]
    heads = re.findall(r"<h[23]>(.*?)</h", text)
    assert [head.partition(" ")[2] for head in heads[:8]] == [
        "Introduction", "The model", "Training", "Results", "Reconstruction", "Image denoising",
        "Bottleneck interpolation", "The latent code",
    ]  # fmt: skip
    assert text.count('contenteditable="true"') >= 6
    assert "Linear" in text


def test_too_many_runs_are_refused(finished):
    with pytest.raises(ValueError, match="9 runs do not fit in a report: use 1 to 8"):
        page.report([finished] * 9)


def test_the_command_writes_it(call, finished, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "report", lambda runs, template: f"{[run.id for run in runs]} {template}".encode())
    path = tmp_path / "report.html"
    code, out, err = call("report", finished.id, "--template", "coursework", "-o", path)
    assert (code, err) == (0, "")
    assert str(path) in out
    assert path.read_text() == f"['{finished.id}'] coursework"


def test_a_chart_is_a_well_formed_svg_with_every_point_inside_its_axes():
    curves = [Curve(HOSTILE, "#123456", [(1, 0.3), (2, 0.02), (60, 0.011)]), Curve("B", "#654321", [(1, 0.5)], "6 4")]
    root = ElementTree.fromstring(line_chart.svg(curves, title=HOSTILE, x="Epoch", y="Loss"))
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2
    for line, curve in zip(lines, curves, strict=True):
        places = [tuple(map(float, place.split(","))) for place in line.get("points").split()]
        assert len(places) == len(curve.points)
        for x, y in places:
            assert line_chart.LEFT <= x <= line_chart.WIDTH - line_chart.RIGHT
            assert line_chart.TOP <= y <= line_chart.HEIGHT - line_chart.BOTTOM
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert HOSTILE in texts
    assert {"0", "10", "60", "0.02", "0.5", "Epoch", "Loss"} <= set(texts)
