// The pointer and the keyboard on the chart of curve.js.

import { curveNearest, curveNumber } from "./curve_scale.js";

const CURVE_DRAG = 8; // a pointer that moves less than this many pixels clicks
const CURVE_LEAST = 1e-3; // of x, that one can zoom in to

export function curveListen(curve) {
  const { canvas } = curve;
  const point = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const fingers = new Map(); // those on the chart: the x of each, as a value and in pixels
  let from = null; // where the pointer went down
  canvas.onpointerdown = (event) => {
    if (event.button || !curve.frame) return;
    from = point(event);
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") fingers.set(event.pointerId, { value: curve.frame.x.value(from[0]), at: from[0] });
    if (fingers.size > 1) from = null; // they don't tap
  };
  canvas.onpointermove = (event) => {
    if (!curve.frame) return;
    const [x, y] = point(event);
    if (fingers.has(event.pointerId)) fingers.get(event.pointerId).at = x;
    if (fingers.size === 2) {
      curvePinch(curve, [...fingers.values()]);
      return;
    }
    const { box } = curve.frame;
    curve.box = from && event.pointerType !== "touch" ? curveDragged(box, from, [x, y]) : null;
    curve.hover(x >= box.left - 6 && x <= box.right + 6 && !curve.box ? curve.frame.x.value(x) : null);
  };
  canvas.onpointerup = (event) => {
    const { box, frame, zoom } = curve;
    const pressed = from !== null;
    fingers.delete(event.pointerId);
    from = curve.box = null;
    if (!pressed || !frame) return;
    if (box) {
      const [left, top, right, bottom] = box;
      const [wide, tall] = [right - left, bottom - top];
      curve.zoomTo(
        wide < frame.box.right - frame.box.left ? [frame.x.value(left), frame.x.value(right)] : zoom.x,
        tall < frame.box.bottom - frame.box.top ? [frame.y.value(bottom), frame.y.value(top)] : zoom.y,
      );
    } else {
      curve.hover(frame.x.value(point(event)[0]));
      const found = curve.values();
      if (found) curve.onPick(found.x);
    }
  };
  canvas.onpointercancel = (event) => {
    fingers.delete(event.pointerId);
    from = curve.box = null;
    curve.hover(null);
  };
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && curve.hover(null);
  canvas.onblur = () => curve.hover(null);
  canvas.ondblclick = () => curve.zoomTo(null, null);
  canvas.onkeydown = (event) => curveKey(curve, event);
}

// The box between two corners; as high or as wide as the plot where the pointer hardly moved in that direction.
function curveDragged(box, [x0, y0], [x1, y1]) {
  const [wide, tall] = [Math.abs(x1 - x0) >= CURVE_DRAG, Math.abs(y1 - y0) >= 2 * CURVE_DRAG];
  if (!wide && !tall) return null;
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const [left, right] = wide ? [Math.min(x0, x1), Math.max(x0, x1)] : [box.left, box.right];
  const [top, bottom] = tall ? [Math.min(y0, y1), Math.max(y0, y1)] : [box.top, box.bottom];
  const [l, r] = [left, right].map((value) => within(value, box.left, box.right));
  const [t, b] = [top, bottom].map((value) => within(value, box.top, box.bottom));
  return [l, t, r, b];
}

// Zoom so that the values that two fingers went down on stay below them.
function curvePinch(curve, [one, other]) {
  const { left, right } = curve.frame.box;
  const perPixel = (other.value - one.value) / (other.at - one.at);
  if (!(perPixel > 0 && Number.isFinite(perPixel))) return; // the fingers are side by side, or have crossed
  const range = [left, right].map((pixel) => one.value + (pixel - one.at) * perPixel);
  const [low, high] = [Math.max(range[0], curve.full[0]), Math.min(range[1], curve.full[1])];
  curve.hover(null);
  if (low <= curve.full[0] && high >= curve.full[1]) curve.zoomTo(null, null);
  else if (high - low > CURVE_LEAST) curve.zoomTo([low, high], null);
}

function curveZoomBy(curve, factor) {
  const { low, high } = curve.frame.x;
  const middle = curve.values()?.x ?? (low + high) / 2;
  const range = [middle - (middle - low) * factor, middle + (high - middle) * factor];
  if (range[1] - range[0] >= curve.full[1] - curve.full[0]) curve.zoomTo(null, null);
  else if (range[1] - range[0] > CURVE_LEAST) curve.zoomTo(range, null);
}

function curveKey(curve, event) {
  if (!curve.frame || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
  const main = curve.shown().filter((one) => !one.faint && one.x.length);
  const xs = [...new Set(main.flatMap((one) => one.x))].sort((a, b) => a - b);
  if (event.key in steps && xs.length) {
    const now = curve.at === null ? (steps[event.key] < 0 ? xs.length : -1) : curveNearest(xs, curve.at);
    curve.hover(xs[Math.min(Math.max(now + steps[event.key], 0), xs.length - 1)]);
    const found = curve.values();
    const values = found?.values.map(([one, value]) => `${one.name} ${curveNumber(value)}`) ?? [];
    curve.spoken.textContent = found ? `${curve.titles.x} ${curveNumber(found.x)}: ${values.join(", ")}` : "";
  } else if (event.key === "Enter" && curve.values()) curve.onPick(curve.values().x);
  else if (event.key === "+" || event.key === "=") curveZoomBy(curve, 0.6);
  else if (event.key === "-") curveZoomBy(curve, 1 / 0.6);
  else if (event.key === "0" || event.key === "Escape") {
    curve.at = null;
    curve.zoomTo(null, null);
  } else return;
  event.preventDefault();
}
