"""A pad to draw a digit on, with the mouse or a finger. What comes from the browser is checked."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from ae.data import drawing
from ae.plots.image_grid import enlarged
from ae.ui.images import data_url

LONGEST = 300_000
_PREFIX = "data:image/png;base64,"

_PAD = st.components.v2.component(
    "digit_pad",
    html='<canvas role="img" tabindex="0"></canvas><button type="button">Clear</button>',
    css="""
canvas { display: block; width: 100%; max-width: 260px; aspect-ratio: 1; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); touch-action: none; cursor: crosshair; background: #000; }
button { margin-top: .5rem; padding: .25rem .75rem; font: inherit; cursor: pointer; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); }
""",
    js="""
const SIDE = 280;
export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const blank = () => { pen.fillStyle = "#000"; pen.fillRect(0, 0, SIDE, SIDE); };
  canvas.setAttribute("aria-label", data.label);
  if (canvas.width !== SIDE) {
    canvas.width = canvas.height = SIDE;
    blank();
    if (data.png) {
      const before = new Image();
      before.onload = () => pen.drawImage(before, 0, 0, SIDE, SIDE);
      before.src = data.png;
    }
  }
  if (data.replace && canvas.dataset.shown !== data.png) {
    blank();
    const other = new Image();
    other.onload = () => pen.drawImage(other, 0, 0, SIDE, SIDE);
    other.src = data.png;
  }
  canvas.dataset.shown = data.png;
  pen.strokeStyle = "#fff"; pen.lineWidth = 22; pen.lineCap = pen.lineJoin = "round";
  const to = (event) => {
    const box = canvas.getBoundingClientRect();
    pen.lineTo((event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height);
    pen.stroke();
  };
  let down = false;
  canvas.onpointerdown = (event) => {
    down = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); to(event); to(event);
  };
  canvas.onpointermove = (event) => { if (down) to(event); };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (down) { down = false; setStateValue("png", canvas.toDataURL("image/png")); }
  };
  parentElement.querySelector("button").onclick = () => { blank(); setStateValue("png", ""); };
}
""",
)


def digit_pad(key: str, *, before: np.ndarray | None, replace: bool, changed: Callable[[], None]) -> np.ndarray | None:
    """Let a person draw a digit; gives it as uint8 (28, 28), white on black, or None while the pad is untouched.

    Args:
        key: of the component.
        before: what the pad shows when it appears, uint8 (28, 28).
        replace: whether ``before`` also takes the place of what was drawn.
        changed: called when something was drawn or cleared.

    Raises:
        drawing.DrawingError: what the browser sent is no drawing, or the pad was cleared.
    """
    shown = data_url(enlarged(np.repeat(before[..., None], 3, 2), 10)) if before is not None else ""
    state = _PAD(
        key=key,
        data={"label": "Draw a digit here", "png": shown, "replace": replace},
        default={"png": None},
        on_png_change=changed,
    )
    png = state.png
    if png is None:
        return None
    if not isinstance(png, str) or not png.startswith(_PREFIX) or len(png) > LONGEST:
        raise drawing.DrawingError("Draw a digit on the pad")
    try:
        content = base64.b64decode(png.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise drawing.DrawingError("Draw a digit on the pad") from error
    return drawing.from_file(content, "the pad")
