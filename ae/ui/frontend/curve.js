// A line chart for curves that grow: extended in place, so that zoom, crosshair and hidden lines stay.
//
//   const curve = new Curve(root, { label, x: "Epoch", y: "Squared error per pixel, log scale", whole: true, empty });
//   curve.setSeries([{ id, name, colour, width, dash: [], faint: false, x: [...], y: [...] }]);   x increasing
//   A line with `soft` does not stretch the axis far for its small values.
//   strip: the id of the line that is shown alone, without a title of the y-axis, where the style sets --curve-strip.
//   A line with `of`, the id of another, belongs to that one: it is shown and hidden with it, and not named.
//   curve.extend(id, xs, ys);  curve.replace(id, xs, ys);  curve.setRange([0, 60]);  curve.setMarks([{ x, text }]);  curve.setPosition(x | null);
//   curve.setLevel({ value, text } | null);   a dashed line across, to compare with, once there are points
//   curve.onPick = (x) => {};  curve.onHover = (x | null) => {};  curve.draw();  curve.destroy();
//
// Dragging zooms, a double click resets; arrow keys move the crosshair, + and - zoom, 0 and Escape reset. A finger moves
// the crosshair, two zoom along x, a double tap resets.

import { curveNearest, curveNumber } from "./curve_scale.js";
import { curveAxes, curveClip, curveDot, curveFrame, curveLevel, curveLine, curveMarks, curvePrepare } from "./curve_paint.js";
import { curveHeight, curveRange, curveSeries } from "./curve_paint.js";
import { curveListen } from "./curve_pointer.js";
import { typeScale } from "./digit.js";

const CURVE_LATEST = 500; // milliseconds until it is drawn without a frame

function curveElement(parent, tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

export class Curve {
  constructor(root, { label, x, y, whole = true, empty = "", level = null, strip = null }) {
    Object.assign(this, { root, label, whole, empty, level, strip, titles: { x, y } });
    this.series = new Map();
    this.hidden = new Set();
    this.full = [0, 1];
    this.zoom = { x: null, y: null };
    this.marks = [];
    this.at = null; // the crosshair
    this.box = null; // the rectangle that is being dragged
    this.position = null;
    this.onPick = this.onHover = () => {};
    root.replaceChildren();
    root.classList.add("curve");
    this.legend = curveElement(root, "div", "curve-legend", { role: "group", "aria-label": "Lines shown" });
    this.plot = curveElement(root, "div", "curve-plot");
    this.lines = curveElement(this.plot, "canvas", "curve-lines", { "aria-hidden": "true" });
    this.canvas = curveElement(this.plot, "canvas", "curve-pointer", { role: "img", tabindex: "0" });
    this.tip = curveElement(this.plot, "div", "curve-tip", { "aria-hidden": "true" });
    this.reset = curveElement(this.plot, "button", "curve-reset", { type: "button", hidden: "" });
    this.reset.textContent = "Reset zoom";
    this.reset.onclick = () => this.zoomTo(null, null);
    this.spoken = curveElement(root, "div", "curve-spoken unseen", { "aria-live": "polite" });
    curveListen(this);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.plot);
  }

  setSeries(series) {
    this.series = new Map(series.map((one) => [one.id, { ...one, x: Array.from(one.x), y: Array.from(one.y) }]));
    this.#drawLegend();
    this.draw();
  }

  // Append points; those not beyond the last one are left out, so that the same may be sent twice.
  extend(id, xs, ys) {
    const { x, y } = this.series.get(id);
    for (let i = 0; i < xs.length; i += 1) {
      if (x.length && xs[i] <= x.at(-1)) continue;
      x.push(xs[i]);
      y.push(ys[i]);
    }
    this.draw();
  }

  replace(id, xs, ys) {
    Object.assign(this.series.get(id), { x: xs, y: ys });
    this.draw();
  }

  setRange(range) {
    this.full = range;
    this.draw();
  }

  setMarks(marks) {
    this.marks = marks;
    this.draw();
  }

  setLevel(level) {
    this.level = level;
    this.draw();
  }

  setPosition(x) {
    if (x === this.position) return;
    this.position = x;
    this.drawPointer();
  }

  // Draw in the next frame, once, however often it is called; a page that is not painted has no frames, but is read aloud.
  draw() {
    if (this.request) return;
    const now = () => {
      this.#forget();
      this.#draw();
    };
    this.request = { frame: requestAnimationFrame(now), timer: setTimeout(now, CURVE_LATEST) };
  }

  #forget() {
    cancelAnimationFrame(this.request?.frame);
    clearTimeout(this.request?.timer);
    this.request = null;
  }

  destroy() {
    this.#forget();
    this.observer.disconnect();
  }

  shown() {
    const all = [...this.series.values()];
    return this.narrow ? all.filter(({ id }) => id === this.strip) : all.filter((one) => !this.hidden.has(one.of ?? one.id));
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!width || !height) return;
    const from = getComputedStyle(this.root);
    const text = from.color;
    this.style = {
      text,
      font: from.fontFamily,
      quiet: `color-mix(in srgb, ${text} 72%, transparent)`,
      grid: `color-mix(in srgb, ${text} 14%, transparent)`,
    };
    this.narrow = this.strip !== null && Boolean(getComputedStyle(this.root).getPropertyValue("--curve-strip"));
    this.root.classList.toggle("curve-strip", this.narrow);
    const shown = this.shown();
    const range = this.zoom.x ?? this.full;
    const level = shown.some((one) => one.x.length) ? this.level : null;
    const spans = level ? [...shown, { x: [range[0]], y: [level.value] }] : shown;
    this.frame = curveFrame(width, height, range, this.zoom.y ?? curveRange(spans, range), this);
    const pen = curvePrepare(this.lines, width, height);
    curveAxes(pen, this.frame, this.style, this);
    curveMarks(pen, this.frame, this.style, this.marks);
    if (level) curveLevel(pen, this.frame, this.style, level);
    pen.save();
    curveClip(pen, this.frame);
    for (const one of [...shown].sort((a, b) => Boolean(b.faint) - Boolean(a.faint))) {
      curveSeries(pen, this.frame, one);
    }
    pen.restore();
    if (this.empty && !shown.some((one) => one.x.length)) {
      pen.textAlign = "center";
      pen.fillStyle = this.style.quiet;
      pen.fillText(this.empty, (this.frame.box.left + this.frame.box.right) / 2, height / 2 - 20);
    }
    const last = shown.filter((one) => !one.faint && one.x.length).map((one) => `${one.name} ${curveNumber(one.y.at(-1))}`);
    const end = Math.max(...shown.filter((one) => !one.faint && one.x.length).map((one) => one.x.at(-1)));
    const values = last.length ? `: ${this.titles.x.toLowerCase()} ${curveNumber(end)}, ${last.join(", ")}` : "";
    const beside = level ? `; ${level.text} ${curveNumber(level.value)}` : "";
    this.canvas.setAttribute("aria-label", this.label + values + beside);
    this.reset.hidden = !this.zoom.x && !this.zoom.y;
    this.drawPointer();
  }

  // What is at the crosshair: its x, and the value of every line there.
  values() {
    const shown = this.shown().filter((one) => one.x.length && !one.of);
    const main = shown.filter((one) => !one.faint);
    const all = main.length ? main : shown;
    if (this.at === null || !all.length) return null;
    const near = all.map((one) => one.x[curveNearest(one.x, this.at)]);
    const x = near.reduce((a, b) => (Math.abs(b - this.at) < Math.abs(a - this.at) ? b : a));
    const reach = this.whole ? 0.75 : (this.frame.x.high - this.frame.x.low) / 50;
    const found = shown.map((one) => [one, curveNearest(one.x, x)]);
    const there = found.filter(([one, i]) => Math.abs(one.x[i] - x) < reach && Number.isFinite(one.y[i]));
    return { x, values: there.map(([one, i]) => [one, one.y[i]]) };
  }

  drawPointer() {
    if (!this.frame) return;
    const { clientWidth: width, clientHeight: height } = this.plot;
    const pen = curvePrepare(this.canvas, width, height);
    const { box, x, y } = this.frame;
    if (this.position !== null && this.position >= x.low && this.position <= x.high) {
      pen.strokeStyle = this.style.text;
      pen.lineWidth = 1.5;
      curveLine(pen, x.pixel(this.position), box.top, x.pixel(this.position), box.bottom);
      this.#drawDots(pen);
    }
    if (this.mark && this.mark.x >= x.low && this.mark.x <= x.high) {
      const at = x.pixel(this.mark.x);
      pen.strokeStyle = pen.fillStyle = this.style.quiet;
      pen.lineWidth = 1;
      pen.setLineDash([3, 3]);
      curveLine(pen, at, box.top, at, box.bottom);
      pen.setLineDash([]);
      pen.font = `${11 * typeScale()}px ${this.style.font}`;
      const { width: wide } = pen.measureText(this.mark.text);
      const left = at + 5 + wide > box.right;
      pen.clearRect(left ? at - 7 - wide : at + 3, box.top, wide + 4, 12 * typeScale()); // no line through the text
      pen.textAlign = left ? "right" : "left";
      pen.textBaseline = "top";
      pen.fillText(this.mark.text, at + (left ? -5 : 5), box.top);
    }
    if (this.box) {
      const [left, top, right, bottom] = this.box;
      pen.fillStyle = this.style.grid;
      pen.strokeStyle = this.style.quiet;
      pen.fillRect(left, top, right - left, bottom - top);
      pen.strokeRect(left, top, right - left, bottom - top);
    }
    const found = this.values();
    if (found && (found.x < x.low || found.x > x.high)) this.at = null;
    this.tip.style.display = found && this.at !== null ? "block" : "none";
    if (!found || this.at === null) return;
    const at = x.pixel(found.x);
    pen.strokeStyle = this.style.quiet;
    pen.lineWidth = 1;
    curveLine(pen, at, box.top, at, box.bottom);
    pen.save();
    curveClip(pen, this.frame);
    for (const [one, value] of found.values) {
      pen.fillStyle = one.colour;
      if (!one.faint) curveDot(pen, at, y.pixel(value), 4.5);
    }
    pen.restore();
    this.#fillTip(found, at, width);
  }

  // Dots where the lines are at the position.
  #drawDots(pen) {
    pen.save();
    curveClip(pen, this.frame);
    for (const one of this.shown().filter(({ faint, of, x }) => !faint && !of && x.length)) {
      const top = curveHeight(this.frame, one, this.position);
      pen.fillStyle = one.colour;
      if (Number.isFinite(top)) curveDot(pen, this.frame.x.pixel(this.position), top, 4);
    }
    pen.restore();
  }

  #fillTip({ x, values }, at, width) {
    this.tip.replaceChildren();
    curveElement(this.tip, "strong", "").textContent = `${this.titles.x} ${curveNumber(x)}`;
    for (const [one, value] of values) {
      curveElement(this.tip, "i", "curve-key").style.background = one.colour;
      curveElement(this.tip, "span", "").textContent = one.name;
      curveElement(this.tip, "b", "").textContent = curveNumber(value);
    }
    const left = at + 12 + this.tip.offsetWidth > width ? at - 12 - this.tip.offsetWidth : at + 12;
    this.tip.style.left = `${Math.max(2, left)}px`;
  }

  #drawLegend() {
    this.legend.replaceChildren();
    const named = [...this.series.values()].filter((one) => !one.of);
    for (const { id, name, colour, dash, faint } of named) {
      const button = curveElement(this.legend, "button", "curve-name", { type: "button", title: `Show or hide ${name}` });
      const key = curveElement(button, "i", "curve-stroke");
      key.style.borderTop = `${faint ? 1 : 2.5}px ${dash?.length ? "dashed" : "solid"} ${colour}`;
      button.append(name);
      button.setAttribute("aria-pressed", String(!this.hidden.has(id)));
      button.onclick = () => {
        if (!this.hidden.delete(id)) this.hidden.add(id);
        button.setAttribute("aria-pressed", String(!this.hidden.has(id)));
        this.draw();
      };
    }
    this.legend.hidden = named.length < 2;
  }

  zoomTo(x, y) {
    this.zoom = { x, y };
    this.draw();
  }

  hover(x) {
    this.at = x;
    this.onHover(this.values()?.x ?? null);
    this.drawPointer();
  }
}
