// A latent code as bars, a bar for each unit; behind each, the range of 90 % of the test images.
// onChange(unit, value), if there is one: each bar has a handle, as in the diagram of Home, instead of axes. A bar was
// dragged, its place tapped, or it was moved by the keyboard: the arrow keys choose a unit, and raise or lower its value.
// Needs the styles "bars" and <canvas class="bars">, which fills its parent's width.

import { typeScale } from "./digit.js";
import { scatterTicks } from "./scatter_axes.js";

const BARS_MARGIN = { left: 58, right: 4, top: 8, bottom: 36 };
const BARS_HANDLED = { left: 0, right: 0, top: 8, bottom: 24 }; // where bars have handles
const BARS_WIDEST = 56; // pixels of such a bar
const BARS_NEAR = 24; // pixels from a handle within which a finger holds it
const BARS_NEGATIVE = 0.75; // of the text's colour
const BARS_FAINT = "rgba(141, 147, 161, 0.45)"; // FAINT
const BARS_NAMED = 28; // pixels for each unit, from which there is room for its value
const BARS_TIGHT = 20; // the same in smaller type, below bars with handles
const BARS_READ = 32; // values that the text alternative reads out

const BARS_STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const BARS_STEP = 0.02; // of the axis, for a key press

export class CodeBars {
  constructor(canvas, { onChange } = {}) {
    Object.assign(this, { canvas, onChange });
    this.code = this.low = this.high = [];
    this.handles = Boolean(onChange); // off while bars can not be changed
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

  #margin() {
    const scale = typeScale();
    const sides = Object.entries(this.onChange ? BARS_HANDLED : BARS_MARGIN);
    return Object.fromEntries(sides.map(([side, room]) => [side, room * scale]));
  }

  // By mouse or pen a bar is dragged anywhere; a finger, which may be scrolling, drags the handle or taps.
  #follow() {
    const { canvas } = this;
    canvas.style.cursor = "ns-resize";
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "slider");
    canvas.onfocus = canvas.onblur = () => this.draw();
    canvas.onkeydown = (event) => this.#key(event);
    const handled = (touch) => this.#near(touch) !== undefined;
    canvas.addEventListener("touchstart", (event) => handled(event.touches[0]) && event.preventDefault(), { passive: false });
    canvas.onpointerdown = (event) => {
      if (event.pointerType === "touch" && !handled(event)) return;
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
    const { top, bottom } = this.#margin();
    const box = this.canvas.getBoundingClientRect();
    const [least, most] = this.#ends();
    const value = most - ((event.clientY - box.top - top) / (box.height - top - bottom)) * (most - least);
    this.onChange(this.held, Math.min(most, Math.max(least, value)));
  }

  #unit(event) {
    const { left, right } = this.#margin();
    const box = this.canvas.getBoundingClientRect();
    const unit = Math.floor(((event.clientX - box.left - left) / (box.width - left - right)) * this.code.length);
    return unit in this.code ? unit : undefined;
  }

  // Return the unit whose handle a finger touches.
  #near(touch) {
    const unit = this.#unit(touch);
    if (unit === undefined) return undefined;
    const { top, bottom } = this.#margin();
    const box = this.canvas.getBoundingClientRect();
    const [least, most] = this.#ends();
    const y = box.top + top + ((most - this.code[unit]) / (most - least)) * (box.height - top - bottom);
    return Math.abs(touch.clientY - y) <= BARS_NEAR ? unit : undefined;
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
    const style = getComputedStyle(canvas);
    const { color, fontFamily, backgroundColor } = style;
    this.accent = style.getPropertyValue("--st-primary-color").trim() || "#3451c7"; // as in a diagram
    const keyed = this.onChange && canvas.matches(":focus-visible") ? this.chosen : undefined;
    const look = { text: color, font: fontFamily, paper: backgroundColor, scale: typeScale() };
    this.#paint(canvas.getContext("2d"), { width, height, ratio, keyed, ...look });
    if (!this.onChange || !this.code.length) return;
    const [least, most] = this.#ends();
    const value = this.code[this.chosen] ?? 0;
    const said = { valuemin: least, valuemax: most, valuenow: value, valuetext: `unit ${this.chosen}: ${value.toFixed(2)}` };
    for (const [name, content] of Object.entries(said)) canvas.setAttribute(`aria-${name}`, content);
  }

  destroy() {
    this.resized.disconnect();
  }

  #paint(pen, { width, height, ratio, text, font, paper, scale, keyed }) {
    const { code, low, high } = this;
    const { left, right, top, bottom } = this.#margin();
    const [least, most] = this.#ends();
    const plot = height - top - bottom;
    const y = (value) => top + ((most - value) / (most - least)) * plot;
    const step = (width - left - right) / Math.max(1, code.length);
    const middle = (unit) => left + (unit + 0.5) * step;
    const wide = (share) => Math.max(0.5, this.onChange ? Math.min(share * step, BARS_WIDEST * scale) : share * step);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const box = (unit, from, to, share, colour) => {
      const tall = Math.max(1.5, Math.abs(y(from) - y(to))); // a line for a bar of no height
      pen.fillStyle = colour;
      pen.fillRect(middle(unit) - wide(share) / 2, Math.min(y(from), y(to)), wide(share), tall);
    };
    const behind = this.onChange ? 0.86 : 0.7;
    pen.globalAlpha = 0.08;
    if (this.onChange) for (let unit = 0; unit < code.length; unit++) box(unit, least, most, behind, text);
    pen.globalAlpha = this.onChange ? 0.6 : 1;
    for (let unit = 0; unit < low.length; unit++) box(unit, low[unit], high[unit], behind, BARS_FAINT);
    pen.globalAlpha = 0.35;
    pen.fillStyle = text;
    if (this.onChange) pen.fillRect(left, y(0) - 0.5, width - left - right, 1);
    pen.globalAlpha = 1;
    const tight = this.onChange && step < BARS_NAMED * scale;
    pen.font = `${(tight ? 10 : 12) * scale}px ${font}`;
    pen.textAlign = "center";
    const named = step >= (tight ? BARS_TIGHT : BARS_NAMED) * scale;
    for (let unit = 0; unit < code.length; unit++) {
      const value = code[unit];
      if (!Number.isFinite(value)) continue;
      pen.globalAlpha = value < 0 ? BARS_NEGATIVE : 1;
      box(unit, 0, value, this.onChange ? behind : 0.35, value < 0 ? text : this.accent);
      pen.globalAlpha = 1;
      if (this.handles) this.#handle(pen, middle(unit), y(value), wide(behind), paper);
      if (!named) continue;
      const below = this.onChange ? height - bottom + 6 : y(value) + (value < 0 ? 3 : -3);
      pen.fillStyle = text;
      pen.textBaseline = value < 0 || this.onChange ? "top" : "bottom";
      pen.fillText(value.toFixed(1).replace("-", "−"), middle(unit), below);
    }
    if (keyed !== undefined) {
      const around = Math.min(step, wide(behind) + 6);
      pen.strokeStyle = this.accent;
      pen.lineWidth = 2;
      pen.strokeRect(middle(keyed) - around / 2 + 1, top - 4, around - 2, plot + 8);
    }
    if (!this.onChange) this.#axes(pen, { width, height, scale, text, y, middle, step });
  }

  // The handle at the value of a bar; a line where there is no room for one.
  #handle(pen, x, y, width, paper) {
    const tall = width < 8 ? 3 : 12;
    pen.beginPath();
    pen.roundRect(x - width / 2 + (width < 8 ? 0 : 1), y - tall / 2, Math.max(1, width - (width < 8 ? 0 : 2)), tall, width < 8 ? 0 : 4);
    pen.fillStyle = width < 8 ? this.accent : paper;
    pen.fill();
    if (width < 8) return;
    pen.strokeStyle = this.accent;
    pen.lineWidth = 2;
    pen.stroke();
    pen.fillStyle = this.accent;
    pen.fillRect(x - width * 0.2, y - 1, width * 0.4, 2);
  }

  #axes(pen, { width, height, scale, text, y, middle, step }) {
    const { left, right, top, bottom } = this.#margin();
    const every = Math.ceil((26 * scale) / step);
    pen.fillStyle = text;
    pen.globalAlpha = 0.75;
    pen.textBaseline = "top";
    for (let unit = 0; unit < this.code.length; unit += every) pen.fillText(unit, middle(unit), height - bottom + 5);
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const [value, name] of scatterTicks(...this.#ends())) pen.fillText(name, left - 6, y(value));
    pen.textAlign = "center";
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
