// A latent code as bars, a bar for each unit; behind each, the range of 90 % of the test images.
// onChange(unit, value), if there is one: a bar was dragged, its place tapped, or it was moved by the keyboard: the arrow
// keys choose a unit, and raise or lower its value.
// Needs the styles "bars" and <canvas class="bars">, which fills its parent's width.

import { typeScale } from "./digit.js";
import { scatterTicks } from "./scatter_draw.js";

const BARS_MARGIN = { left: 58, right: 4, top: 8, bottom: 36 };
const BARS_ACCENT = "#4c6ef5"; // ACCENT of ae/plots/colours.py
const BARS_FAINT = "rgba(141, 147, 161, 0.45)"; // FAINT
const BARS_NAMED = 28; // pixels for each unit, from which there is room for its value
const BARS_READ = 32; // values that the text alternative reads out
const BARS_PRINT = 3; // pixels of a saved figure for each CSS pixel

const BARS_STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const BARS_STEP = 0.02; // of the axis, for a key press

const barsMargin = (scale) => Object.fromEntries(Object.entries(BARS_MARGIN).map(([side, room]) => [side, room * scale]));

export class CodeBars {
  constructor(canvas, { onChange } = {}) {
    Object.assign(this, { canvas, onChange });
    this.code = this.low = this.high = [];
    this.chosen = 0; // the unit that the keyboard moves
    canvas.setAttribute("role", "img");
    canvas.onpointermove = (event) => (this.held === undefined ? this.#name(event) : this.#drag(event));
    if (onChange) this.#follow();
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(canvas);
  }

  // The 5th and the 95th percentile of each unit.
  setRanges(low, high) {
    Object.assign(this, { low, high });
    this.draw();
  }

  setCode(code) {
    this.code = code;
    this.draw();
  }

  // By mouse or pen a bar is dragged; a finger, which may be scrolling, taps instead.
  #follow() {
    const { canvas } = this;
    canvas.style.cursor = "ns-resize";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "slider");
    canvas.onfocus = canvas.onblur = () => this.draw();
    canvas.onkeydown = (event) => this.#key(event);
    canvas.onpointerdown = (event) => {
      if (event.pointerType === "touch") return;
      event.preventDefault(); // no text is selected
      this.held = this.#unit(event);
      if (this.held !== undefined) canvas.setPointerCapture(event.pointerId);
      this.#drag(event);
    };
    canvas.onpointerup = canvas.onpointercancel = () => (this.held = undefined);
    canvas.onclick = (event) => {
      if (event.pointerType !== "touch") return;
      this.held = this.#unit(event);
      this.#drag(event);
      this.held = undefined;
    };
  }

  #key(event) {
    const [along, up] = BARS_STEPS[event.key] ?? [0, 0];
    if (!along && !up) return;
    event.preventDefault(); // the page does not scroll
    this.chosen = Math.min(this.code.length - 1, Math.max(0, this.chosen + along));
    const [least, most] = this.#ends();
    const value = this.code[this.chosen] + up * BARS_STEP * (most - least);
    if (up) this.onChange(this.chosen, Math.min(most, Math.max(least, value)));
    this.draw();
  }

  #drag(event) {
    if (this.held === undefined) return;
    const { top, bottom } = barsMargin(typeScale());
    const box = this.canvas.getBoundingClientRect();
    const [least, most] = this.#ends();
    const value = most - ((event.clientY - box.top - top) / (box.height - top - bottom)) * (most - least);
    this.onChange(this.held, Math.min(most, Math.max(least, value)));
  }

  #unit(event) {
    const { left, right } = barsMargin(typeScale());
    const box = this.canvas.getBoundingClientRect();
    const unit = Math.floor(((event.clientX - box.left - left) / (box.width - left - right)) * this.code.length);
    return unit in this.code ? unit : undefined;
  }

  // The text alternative: whose code it is, and its values.
  setLabel(whose) {
    const values = Array.from(this.code.slice(0, BARS_READ), (value) => value.toFixed(2).replace("-", "−")).join(", ");
    this.canvas.setAttribute("aria-label", `${whose}: ${values}${this.code.length > BARS_READ ? " and more" : ""}`);
  }

  draw() {
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return; // not on the screen
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const { color, fontFamily } = getComputedStyle(canvas);
    const keyed = this.onChange && canvas.matches(":focus-visible") ? this.chosen : undefined;
    this.#paint(canvas.getContext("2d"), { width, height, ratio, text: color, font: fontFamily, scale: typeScale(), keyed });
    if (!this.onChange || !this.code.length) return;
    const [least, most] = this.#ends();
    const value = this.code[this.chosen] ?? 0;
    const said = { valuemin: least, valuemax: most, valuenow: value, valuetext: `unit ${this.chosen}: ${value.toFixed(2)}` };
    for (const [name, content] of Object.entries(said)) canvas.setAttribute(`aria-${name}`, content);
  }

  // Return the figure for print, dark on white, as a canvas.
  figure(title) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const paper = document.createElement("canvas");
    Object.assign(paper, { width: BARS_PRINT * width, height: BARS_PRINT * (height + 28) });
    const pen = paper.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.scale(BARS_PRINT, BARS_PRINT);
    pen.fillStyle = "#111";
    pen.font = "15px sans-serif";
    pen.fillText(title, BARS_MARGIN.left, 20);
    this.#paint(pen, { width, height, ratio: BARS_PRINT, text: "#111", font: "sans-serif", above: 28 });
    return paper;
  }

  destroy() {
    this.resized.disconnect();
  }

  #paint(pen, { width, height, ratio, text, font, above = 0, scale = 1, keyed }) {
    const { code, low, high } = this;
    const { left, right, top, bottom } = barsMargin(scale);
    const [least, most] = this.#ends();
    const y = (value) => top + ((most - value) / (most - least)) * (height - top - bottom);
    const step = (width - left - right) / Math.max(1, code.length);
    pen.setTransform(ratio, 0, 0, ratio, 0, above * ratio);
    if (!above) pen.clearRect(0, 0, width, height);
    const box = (unit, from, to, share, colour) => {
      const tall = Math.max(1.5, Math.abs(y(from) - y(to))); // a line for a bar of no height
      pen.fillStyle = colour;
      pen.fillRect(left + (unit + (1 - share) / 2) * step, Math.min(y(from), y(to)), Math.max(share * step, 0.5), tall);
    };
    for (let unit = 0; unit < low.length; unit++) box(unit, low[unit], high[unit], 0.7, BARS_FAINT);
    pen.font = `${12 * scale}px ${font}`;
    pen.textAlign = "center";
    const named = step >= BARS_NAMED * scale;
    for (let unit = 0; unit < code.length; unit++) {
      const value = code[unit];
      if (!Number.isFinite(value)) continue;
      box(unit, 0, value, 0.35, BARS_ACCENT);
      if (!named) continue;
      pen.fillStyle = text;
      pen.textBaseline = value < 0 ? "top" : "bottom";
      pen.fillText(value.toFixed(1).replace("-", "−"), left + (unit + 0.5) * step, y(value) + (value < 0 ? 3 : -3));
    }
    if (keyed !== undefined) {
      pen.strokeStyle = BARS_ACCENT;
      pen.lineWidth = 2;
      pen.strokeRect(left + (keyed + 0.1) * step, top, 0.8 * step, height - top - bottom);
    }
    pen.fillStyle = text;
    pen.globalAlpha = 0.75;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const [value, name] of scatterTicks(least, most)) pen.fillText(name, left - 6, y(value));
    pen.textBaseline = "top";
    pen.textAlign = "center";
    const every = Math.ceil((26 * scale) / step);
    for (let unit = 0; unit < code.length; unit += every) {
      pen.fillText(unit, left + (unit + 0.5) * step, height - bottom + 5);
    }
    pen.textBaseline = "bottom";
    pen.fillText("Latent unit", left + (width - left - right) / 2, height - 1);
    pen.save();
    pen.translate(2 * scale, top + (height - top - bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textBaseline = "top";
    pen.fillText("Value", 0, 0);
    pen.restore();
    pen.globalAlpha = 0.35;
    pen.fillRect(left, y(0) - 0.5, width - left - right, 1);
    pen.globalAlpha = 1;
  }

  #ends() {
    if (this.held !== undefined) return this.scale; // it stays while a bar is dragged
    let [least, most] = [0, 0];
    for (const values of [this.low, this.high, this.code]) {
      for (const value of values) {
        if (value < least) least = value;
        if (value > most) most = value;
      }
    }
    const room = 0.1 * (most - least) || 1; // for the values at the ends of the bars
    return (this.scale = [least < 0 ? least - room : 0, most > 0 ? most + room : room]);
  }

  #name(event) {
    const unit = this.#unit(event);
    const [low, high] = [this.low[unit], this.high[unit]].map((value) => value?.toFixed(2));
    const range = low ? ` (90 % of the test images: ${low} to ${high})` : "";
    this.canvas.title = unit !== undefined ? `unit ${unit}: ${this.code[unit].toFixed(3)}${range}` : "";
  }
}
