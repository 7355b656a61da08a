"""A person's own digit, drawn or uploaded, and what a network makes of it; the page's address keeps it."""

import base64
import binascii
from collections.abc import Callable

import numpy as np
import streamlit as st
import torch

from ae import ui
from ae.analysis import latent, reconstruct
from ae.data import drawing, sources
from ae.plots import export, image_grid
from ae.plots.colours import CLASSES
from ae.plots.image_grid import ERROR_NOTE, Row, signed, to_rgb
from ae.runs.folders import Run
from ae.ui import address, cached, network
from ae.ui.component import component, in_base64
from ae.ui.images import save_button
from ae.ui.network import Reference

POINTS = 1000
"""The number of test images on the map beside the pad."""

_KEY = "draw"
_DRAW = component("draw", '<div class="draw-box"></div>', styles=("digit", "drawing", "scatter", "bars", "unseen"))


@st.fragment
def own_digit(run: Run, page_network: Reference, classifier: Reference | None, *, bars: bool) -> None:
    """Let a person draw or upload a digit, and show what a run's network makes of it, while the pen moves.

    Args:
        run: its model is on this machine.
        page_network: the reference to its network in the page.
        classifier: the reference to the digit classifier in the page; None if its images show no digits.
        bars: whether to show the latent code.
    """
    cached.model_and_codes(run)
    if sentence := st.session_state.pop("own_refused", ""):
        st.warning(ui.plain(sentence), icon=":material/draw:")
    own = _kept()
    version = st.session_state.get("own_version", 0)
    show(_KEY, run, page_network, classifier, own, _example(), version=version, bars=bars, drawn=_drawn)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        st.file_uploader(
            "Or upload a picture of a digit",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"],
            max_upload_size=drawing.LARGEST_BYTES // 10**6,
            key="upload",
            on_change=_uploaded,
            help="Any size and colour, such as a photo of dark ink on white paper. The digit is cut out, scaled to "
            "20 x 20 pixels and centred by its mass, as in MNIST.",
        )
        save_button("Figure", "reconstructions.png", lambda: figure(run, _example() if own is None else own))


def show(
    key: str,
    run: Run,
    page_network: Reference,
    classifier: Reference | None,
    image: np.ndarray | None,
    example: np.ndarray,
    *,
    version: int,
    bars: bool,
    drawn: Callable[[], None] | None = None,
) -> None:
    """Show what a run's network makes of a person's image, beside a pad if they can draw it.

    Args:
        key: of the component.
        run: its model is on this machine.
        page_network: the reference to its network in the page.
        classifier: the reference to the digit classifier in the page; None if its images show no digits.
        image: uint8 with the shape of the run's images; None if there is none yet.
        example: likewise, shown until there is one.
        version: another number for an image that did not come from the page.
        bars: whether to show the latent code.
        drawn: called when the page has sent a stroke; None for no pad.
    """
    _DRAW(
        key=key,
        data={
            "network": page_network,
            "classifier": classifier,
            "answer": network.answer(key, {page_network["id"]: run}),
            "fixed": _fixed(run, cached.state(run)),
            "pad": drawn is not None,
            "bars": bars,
            "digit": "" if image is None else in_base64(image, "u1"),
            "version": version,
            "example": in_base64(example, "u1"),
        },
        on_stroke_change=drawn or (lambda: None),
        on_ask_change=lambda: None,
    )


def _drawn() -> None:
    """Keep the digit that the page has sent, if it is one."""
    sent = st.session_state[_KEY].get("stroke")
    if sent == "":
        _forget()
    elif isinstance(sent, str) and (digit := _checked(sent)) is not None:
        _keep(digit)


def _checked(sent: str) -> np.ndarray | None:
    """Return a browser's message as a digit, uint8 with shape (28, 28), or None if it is not one."""
    if len(sent) != len(in_base64(np.zeros(sources.DIGIT), "u1")):
        return None
    try:
        content = base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        return None
    digit = np.frombuffer(content, np.uint8)
    return digit.reshape(sources.SIDE, sources.SIDE) if len(digit) == sources.SIDE**2 and digit.any() else None


def _uploaded() -> None:
    """Put the digit of an uploaded picture on the pad."""
    file = st.session_state["upload"]
    if file is None:
        return
    try:
        _keep(drawing.from_file(file.getvalue(), file.name))
    except drawing.DrawingError as error:
        st.session_state["own_refused"] = f"{error}."
    else:
        st.session_state["own_version"] = st.session_state.get("own_version", 0) + 1


def _keep(digit: np.ndarray) -> None:
    text = drawing.to_text(digit)
    st.session_state["own_kept"] = text
    address.put("own", text)


def _forget() -> None:
    st.session_state.pop("own_kept", None)
    address.drop("own")


def _kept() -> np.ndarray | None:
    """Return the digit in the address or, after a visit to another page, the last one, uint8 with shape (28, 28)."""
    text = st.query_params.get("own") or st.session_state.get("own_kept")
    if not text:
        return None
    try:
        digit = drawing.from_text(text)
    except drawing.DrawingError as error:
        st.warning(ui.plain(f"{error}."), icon=":material/draw:")
        return None
    address.put("own", text)
    return digit


def _example() -> np.ndarray:
    example: np.ndarray = cached.dataset("digits").test_images[0, 0].numpy()
    return example


@st.cache_resource(show_spinner=False, max_entries=16)
def _fixed(_run: Run, weights: cached.State) -> dict[str, object]:
    """Return what the page shows behind the digit: the map of the test images' codes, and the range of each unit."""
    codes = cached.test_codes(_run)
    plane = latent.plane(codes)
    points = plane.to_plane(codes[:POINTS])
    share = "" if codes.shape[1] <= 2 else f" ({plane.share:.0%} of the variance)"
    dataset = cached.dataset(_run.recipe.dataset)
    return {
        "id": repr(weights),
        "ranges": in_base64(latent.code_ranges(codes.numpy()), "<f4"),
        "plane": {
            "title": f"Latent codes of {len(points):,} test images{share}",
            "names": plane.names,
            "area": latent.bounds(points, outside=0.0)._asdict(),
            "origin": in_base64(plane.origin.numpy(), "<f4"),
            "axes": in_base64(plane.axes.numpy(), "<f4"),
            "points": in_base64(points.numpy(), "<f4"),
            "labels": in_base64(dataset.test_labels[:POINTS].numpy(), "u1"),
        },
        "note": ERROR_NOTE,
        "colours": CLASSES,
        "classes": dataset.class_names if dataset.labelled else (),
    }


def figure(run: Run, image: np.ndarray) -> bytes:
    """Draw an image, uint8 with the shape of the run's images, its reconstruction and the error for print."""
    images = torch.from_numpy(np.ascontiguousarray(image)).reshape(1, *run.recipe.image_shape)
    originals, reconstructed, _ = reconstruct.round_trip(cached.model(run), images)
    shown = np.concatenate([to_rgb(originals), to_rgb(reconstructed), signed(reconstructed - originals)])
    heads = ["original", "reconstructed", "error"]
    return export.png(image_grid.sheet([Row("", shown)], heads=heads, title=run.name, note=ERROR_NOTE))
