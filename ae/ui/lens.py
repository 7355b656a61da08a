"""A lens over a chart of points: the image under the pointer, and clicks anywhere, on a point or beside all.

Streamlit's own charts report clicks on points alone and can't show an image at the pointer.
"""

import base64
import io
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

_COLUMNS = 50

_LENS = st.components.v2.component(
    "lens",
    html='<div class="tip" aria-hidden="true"></div>',
    css="""
.tip { position: fixed; z-index: 1000; width: 84px; height: 84px; display: none; pointer-events: none;
  image-rendering: pixelated; border: 1px solid var(--st-border-color); border-radius: 4px;
  background-color: #000; background-repeat: no-repeat; }
""",
    js="""
const TIP = 84;
export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.leave?.();  // what a former drawing of this component has set up
  const tip = parentElement.querySelector(".tip");
  const rows = Math.ceil(data.count / data.columns);
  tip.style.backgroundImage = `url(${data.sprites})`;
  tip.style.backgroundSize = `${data.columns * TIP}px ${rows * TIP}px`;
  let chart = null, under = null, down = null, mark = null;

  const hide = () => { under = null; tip.style.display = "none"; };
  const hover = (event) => {
    const point = event.points[0];
    const id = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    if (id === undefined || id === null) return;
    under = Number(id);
    tip.style.backgroundPosition = `${-TIP * (under % data.columns)}px ${-TIP * Math.floor(under / data.columns)}px`;
    tip.style.left = `${Math.min(event.event.clientX + 14, innerWidth - TIP - 8)}px`;
    tip.style.top = `${Math.max(event.event.clientY - TIP - 10, 8)}px`;
    tip.style.display = "block";
  };
  const place = () => {
    const layout = chart && chart._fullLayout;
    if (!mark || !layout || !layout.xaxis || !data.at) { if (mark) mark.style.display = "none"; return; }
    const x = layout.xaxis.d2p(data.at[0]), y = layout.yaxis.d2p(data.at[1]);
    const inside = x >= 0 && y >= 0 && x <= layout.xaxis._length && y <= layout.yaxis._length;
    mark.style.display = inside ? "block" : "none";
    mark.style.left = `${layout.xaxis._offset + x - 9}px`;
    mark.style.top = `${layout.yaxis._offset + y - 9}px`;
  };
  const press = (event) => {
    down = event.target.closest && event.target.closest(".nsewdrag") ? [event.clientX, event.clientY, under] : null;
  };
  const release = (event) => {
    if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > 4) { down = null; return; }
    const plot = chart.querySelector(".nsewdrag").getBoundingClientRect(), layout = chart._fullLayout;
    const x = layout.xaxis.p2d(down[0] - plot.left), y = layout.yaxis.p2d(down[1] - plot.top);
    setTriggerValue("picked", { x, y, id: down[2] });
    tip.style.display = "none";
    down = null;
  };
  const leave = () => {
    if (!chart) return;
    chart.removeEventListener("pointerdown", press, true);
    for (const [name, listener] of [["plotly_hover", hover], ["plotly_unhover", hide], ["plotly_afterplot", place],
      ["plotly_relayouting", place]]) chart.removeListener && chart.removeListener(name, listener);
    if (mark) mark.remove();
    mark = null; chart = null;
  };
  const look = () => {
    const found = document.querySelector(`.st-key-${data.over} .js-plotly-plot`);
    if (found === chart || (found && !found.on)) return;
    leave();
    chart = found;
    if (!chart) return;
    chart.on("plotly_hover", hover); chart.on("plotly_unhover", hide);
    chart.on("plotly_afterplot", place); chart.on("plotly_relayouting", place);
    chart.addEventListener("pointerdown", press, true);
    chart.dataset.lens = "ready";
    mark = document.createElement("div");
    mark.className = "lens-mark";
    mark.style.cssText = "position:absolute;width:18px;height:18px;border-radius:50%;border:3px solid #fff;" +
      "outline:2px solid #4c6ef5;pointer-events:none;display:none;box-sizing:border-box;z-index:5";
    chart.appendChild(mark);
    place();
  };
  look();
  const timer = setInterval(look, 200);
  addEventListener("pointerup", release, true);
  parentElement.leave = () => {
    clearInterval(timer); removeEventListener("pointerup", release, true); leave(); hide();
  };
  return parentElement.leave;
}
""",
)


class Picked(NamedTuple):
    """What was clicked: a spot of the chart, and the image of the point there, if there is one."""

    x: float
    y: float
    image: int | None


def sprites(images: np.ndarray) -> str:
    """Give images, uint8 (N, 28, 28), as one picture, 50 in a row, in a URL that holds it."""
    rows = -(-len(images) // _COLUMNS)
    sheet = np.zeros((rows * _COLUMNS, 28, 28), np.uint8)
    sheet[: len(images)] = images
    whole = sheet.reshape(rows, _COLUMNS, 28, 28).transpose(0, 2, 1, 3).reshape(rows * 28, _COLUMNS * 28)
    buffer = io.BytesIO()
    Image.fromarray(whole).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def lens(
    key: str,
    *,
    over: str,
    images: str,
    count: int,
    at: tuple[float, float] | None,
    on_pick: Callable[[Picked], None],
) -> None:
    """Lay the lens over the chart with the key ``over``.

    Args:
        key: of the component.
        over: the chart's key; its points carry the number of their image as ``customdata``.
        images: what ``sprites`` gave.
        count: how many images there are.
        at: a spot to mark, in the chart's units.
        on_pick: called with what was clicked, before the page is drawn anew.
    """

    def picked() -> None:
        found = _checked(st.session_state[key].get("picked"), count)
        if found:
            on_pick(found)

    data = {"over": over, "sprites": images, "count": count, "columns": _COLUMNS, "at": at}
    _LENS(key=key, data=data, on_picked_change=picked, height=1)


def _checked(found: object, count: int) -> Picked | None:
    """Take from a browser what can be a click, and nothing else."""
    if not isinstance(found, dict):
        return None
    x, y, image = found.get("x"), found.get("y"), found.get("id")
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in (x, y)):
        return None
    known = isinstance(image, int | float) and 0 <= image < count
    return Picked(float(x), float(y), int(image) if known else None)
