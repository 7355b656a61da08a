// The drawing of curve.js, on two canvases: the axes and lines, and above them what follows the pointer.

import { curveAxis, curveNearest, curveNumber, curveTicks } from "./curve_scale.js";
import { typeScale } from "./digit.js";

const CURVE_MARGIN = { left: 62, right: 14, top: 8, bottom: 42 };
const CURVE_STRIP = { left: 46, right: 14, top: 8, bottom: 22 };
const CURVE_SOFT = 30; // how far below the others a soft line makes room for itself
const CURVE_GAP = 9; // points closer than this, in pixels, get no dots

// Where the plot is, and its two axes, of which y is logarithmic, for a canvas of the given size in CSS pixels.
export function curveFrame(width, height, [x0, x1], [y0, y1], { narrow = false }) {
  const margin = narrow ? CURVE_STRIP : CURVE_MARGIN;
  const [left, right, top, bottom] = ["left", "right", "top", "bottom"].map((side) => margin[side] * typeScale());
  const box = { left, top, right: Math.max(left + 20, width - right), bottom: height - bottom };
  return { box, x: curveAxis(x0, x1, box.left, box.right, false), y: curveAxis(y0, y1, box.bottom, box.top, true) };
}

// The lowest and the highest visible value between x0 and x1.
function curveExtent(series, [x0, x1]) {
  let [low, high] = [Infinity, -Infinity];
  for (const { x, y } of series) {
    for (let i = 0; i < x.length; i += 1) {
      if (x[i] < x0 || x[i] > x1 || !Number.isFinite(y[i]) || y[i] <= 0) continue;
      low = Math.min(low, y[i]);
      high = Math.max(high, y[i]);
    }
  }
  return [low, high];
}

// The range of the visible values, with some room. A line with `soft` may leave it at the bottom, where it would leave the
// others little room.
export function curveRange(series, range) {
  let [low, high] = curveExtent(series.filter((one) => !one.soft), range);
  const [softLow, softHigh] = curveExtent(series.filter((one) => one.soft), range);
  low = Math.min(low, low < Infinity ? Math.max(softLow, low / CURVE_SOFT) : softLow);
  high = Math.max(high, softHigh);
  if (low > high) return [0.01, 0.3];
  const room = Math.max((high / low) ** 0.06, 1.03);
  return [low / room, high * room];
}

export function curvePrepare(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

export function curveAxes(pen, frame, style, { titles, whole, narrow = false }) {
  const { box, x, y } = frame;
  pen.font = `${12 * typeScale()}px ${style.font}`;
  pen.lineWidth = 1;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tick of curveTicks(y.low, y.high, { log: true, count: (box.bottom - box.top) / (narrow ? 22 : 36) })) {
    const at = Math.round(y.pixel(tick)) + 0.5;
    pen.strokeStyle = style.grid;
    curveLine(pen, box.left, at, box.right, at);
    pen.fillStyle = style.quiet;
    pen.fillText(curveNumber(tick), box.left - 7, at);
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const tick of curveTicks(x.low, x.high, { whole, count: (box.right - box.left) / 60 })) {
    const at = Math.round(x.pixel(tick)) + 0.5;
    pen.strokeStyle = style.grid;
    curveLine(pen, at, box.bottom, at, box.bottom + 4);
    pen.fillText(curveNumber(tick), at, box.bottom + 6);
  }
  pen.strokeStyle = style.grid;
  curveLine(pen, box.left, box.bottom + 0.5, box.right, box.bottom + 0.5);
  if (narrow) {
    pen.textAlign = "left"; // beside the first number
    pen.fillText(titles.x, 0, box.bottom + 6);
    return;
  }
  pen.fillText(titles.x, (box.left + box.right) / 2, box.bottom + 24);
  pen.save();
  pen.translate(11, (box.top + box.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.textBaseline = "middle";
  pen.fillText(titles.y, 0, 0);
  pen.restore();
}

export function curveLine(pen, x0, y0, x1, y1) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

// Vertical dotted lines with a text, such as where training was resumed for longer.
export function curveMarks(pen, frame, style, marks) {
  const { box, x } = frame;
  pen.strokeStyle = pen.fillStyle = style.quiet;
  pen.setLineDash([2, 3]);
  pen.textAlign = "left";
  pen.textBaseline = "top";
  for (const mark of marks) {
    if (mark.x < x.low || mark.x > x.high) continue;
    const at = Math.round(x.pixel(mark.x)) + 0.5;
    curveLine(pen, at, box.top, at, box.bottom);
    const left = at + 4 + pen.measureText(mark.text).width > box.right;
    pen.textAlign = left ? "right" : "left";
    pen.fillText(mark.text, at + (left ? -4 : 4), box.top + 2);
  }
  pen.setLineDash([]);
}

// A dashed line across all, with its text above its right end.
export function curveLevel(pen, { box, y }, style, { value, text }) {
  if (value < y.low || value > y.high) return;
  const at = Math.round(y.pixel(value)) + 0.5;
  pen.strokeStyle = pen.fillStyle = style.quiet;
  pen.setLineDash([5, 4]);
  curveLine(pen, box.left, at, box.right, at);
  pen.setLineDash([]);
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.fillText(text, box.right, at - 3);
}

export function curveClip(pen, { box }) {
  pen.beginPath();
  pen.rect(box.left, box.top - 3, box.right - box.left, box.bottom - box.top + 3);
  pen.clip();
}

// One line. Where there are more points than columns, only the lowest and the highest of a column are drawn.
export function curveSeries(pen, frame, { x, y, colour, width = 2, dash = [], faint = false }) {
  const points = [];
  let shown = 0;
  let column = null;
  for (let i = 0; i < x.length; i += 1) {
    if ((i + 1 < x.length && x[i + 1] < frame.x.low) || (i > 0 && x[i - 1] > frame.x.high)) continue;
    if (!Number.isFinite(y[i]) || y[i] <= 0) continue;
    shown += 1;
    const [left, top] = [frame.x.pixel(x[i]), frame.y.pixel(y[i])];
    if (column && Math.abs(left - column.left) < 0.5) {
      column.low = Math.max(column.low, top);
      column.high = Math.min(column.high, top);
      column.last = top;
    } else {
      column = { left, first: top, low: top, high: top, last: top };
      points.push(column);
    }
  }
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.setLineDash(dash);
  pen.beginPath();
  for (const { left, first, low, high, last } of points) {
    pen.lineTo(left, first);
    if (low > high) {
      pen.lineTo(left, low);
      pen.lineTo(left, high);
      pen.lineTo(left, last);
    }
  }
  pen.stroke();
  pen.setLineDash([]);
  if (faint || shown * CURVE_GAP > Math.max(40, points.at(-1)?.left - points[0]?.left)) return;
  for (const { left, last } of points) curveDot(pen, left, last, width + 0.6);
}

// Where a line is at a position, in pixels from the top; not a number where it has no value.
export function curveHeight(frame, { x, y }, position) {
  const near = curveNearest(x, position);
  const other = Math.min(Math.max(near + Math.sign(position - x[near]), 0), x.length - 1);
  const share = x[other] === x[near] ? 0 : (position - x[near]) / (x[other] - x[near]);
  const [from, to] = [near, other].map((i) => frame.y.pixel(y[i]));
  return share ? from + (to - from) * share : from;
}

export function curveDot(pen, left, top, radius) {
  pen.beginPath();
  pen.arc(left, top, radius, 0, 2 * Math.PI);
  pen.fill();
}
