"""Images of one's own, in colour: what the page decodes and paints are the values that Python computes."""

import base64
import io

import numpy as np
import pytest
from colourful import trained
from PIL import Image
from playwright.sync_api import Page, expect
from waiting import wait_for
from walk import Server, painted, visit

from ae.analysis import interpolate, reconstruct
from ae.data import datasets
from ae.plots.image_grid import to_rgb
from ae.runs import model_file

pytestmark = pytest.mark.browser


def rgb_of(page: Page, selector: str, at: int = 0) -> np.ndarray:
    """Return what one of some canvases shows, RGB bytes with shape (h, w, 3); nothing if it is not there yet."""
    urls = painted(page, selector)
    if len(urls) <= at:
        return np.zeros((0, 0, 3), np.uint8)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(urls[at].partition(",")[2]))).convert("RGB"))


def near(page: Page, selector: str, image: np.ndarray, at: int = 0) -> bool:
    """Whether a canvas shows an image with shape (C, S, S), apart from rounding."""
    found, wanted = rgb_of(page, selector, at).astype(int), to_rgb(image[None])[0].astype(int)
    return found.shape == wanted.shape and bool(np.abs(found - wanted).max() <= 1)


def test_colour_images_on_the_screen_have_the_values_of_their_reconstructions(
    fresh_server: Server, page: Page, monkeypatch
):
    monkeypatch.setenv("AE_DATA", str(fresh_server.runs.parent / "data"))
    run, _ = trained(fresh_server.runs.parent)
    dataset, model = datasets.load(run.recipe.dataset), model_file.load(run)
    originals, reconstructed, _ = reconstruct.round_trip(model, dataset.test_images[:3])
    visit(page, f"{fresh_server.url}/latent_space?run={run.id}&view=Units")
    wait_for(lambda: near(page, ".units-decoded", reconstructed[0]), what="the reconstruction")
    assert near(page, ".units-image", originals[0])
    visit(page, f"{fresh_server.url}/interpolate?runs={run.id}&a=1&b=2")
    ends = datasets.to_float(dataset.test_images[[1, 2]])
    half = interpolate.walk(model, ends, "linear", 2)[1].numpy()
    wait_for(lambda: near(page, ".walk-tile canvas", half), what="the middle of the way")
    assert near(page, ".walk-tile canvas", ends.mean(0).numpy(), 1)
    visit(page, f"{fresh_server.url}/reconstruct?run={run.id}&by=My+own")
    square = np.zeros((60, 40, 3), np.uint8)
    square[:, :20] = (200, 40, 90)
    content = io.BytesIO()
    Image.fromarray(square).save(content, "PNG")
    file = {"name": "mine.png", "mimeType": "image/png", "buffer": content.getvalue()}
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(file)
    wait_for(lambda: rgb_of(page, ".draw .digit")[8:9, 3:4].tolist() == [[[200, 40, 90]]], what="the picture")
    expect(page.locator(".draw-pad")).to_be_hidden()
