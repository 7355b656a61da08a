// The picture of a network: the image, its layers, the bottleneck as narrow as it is, and the image that comes out.
//
//   const diagram = new Diagram(root, { encode, decode }, { height, ends, sizes, active, ... });
//   diagram.setLayers({ encode, decode });            another network; the neck moves to its new width
//   diagram.setValues({ input, encode, decode }, { wave, cut });  what network.values() returned
//   diagram.clear();  no values
//   diagram.destroy();
//
// wave: whether the values change where the light passes, as for another image. cut: whether the code is not the
// image's own, so that the encoder is faint.
// encode, decode: lists of { name, op, shape, parameters, inputs }, as network.layers() returns them.
// height: of the picture, in pixels, or a function that returns it for a width. ends: how the image is shown at both ends, "image", "strip" or "none".
// total: whether to show the sizes of the layers and the number of parameters below, where the words on a layer come.
// sizes: further bottleneck sizes, drawn as outlines.
// active: a boolean for each unit. onUnit(index): a unit was clicked. units: whether to show a bar for each unit.
// ranges: [low, high] of each unit, for the bars. onChange(index, value): the bar of a unit was dragged.
// widest: the largest width of a bar. fan: whether lines lead from the bottleneck to the bars; then no layer has its
// number of values below it. above: an element to put above the bars. onOutput(pixels): each frame's output image.

import { diagramPlaces, diagramShape, diagramStages, diagramWords } from "./diagram_layers.js";
import { diagramColours, diagramPaint } from "./diagram_paint.js";
import { DiagramUnits } from "./diagram_units.js";
import { reducedMotion } from "./digit.js";

const DIAGRAM_FLOW = 700; // milliseconds from the left to the right
const DIAGRAM_CHASE = 55; // milliseconds in which a value covers 63 % of its way
const DIAGRAM_MORPH = 260;
const DIAGRAM_SVG = "http://www.w3.org/2000/svg";

// The lines from the bottleneck to the bars.
function diagramFan() {
  const [fan, lines] = ["svg", "path"].map((name) => document.createElementNS(DIAGRAM_SVG, name));
  fan.setAttribute("class", "diagram-fan");
  fan.setAttribute("aria-hidden", "true");
  lines.setAttribute("fill", "none");
  fan.append(lines);
  return fan;
}

export class Diagram {
  constructor(root, layers, options = {}) {
    this.options = { height: 200, ends: "image", total: true, units: false, ...options };
    root.classList.add("diagram");
    this.root = root;
    this.picture = diagramElement(root, "div", "diagram-picture");
    this.canvas = diagramElement(this.picture, "canvas", "");
    this.canvas.setAttribute("aria-hidden", "true");
    this.marks = diagramElement(this.picture, "div", "diagram-marks");
    this.fan = this.options.fan ? root.appendChild(diagramFan()) : null;
    if (this.options.above) root.append(this.options.above);
    this.units = this.options.units ? new DiagramUnits(root, this.options) : null;
    this.caption = diagramElement(root, "p", "diagram-caption");
    this.caption.setAttribute("role", "status");
    this.flow = this.frame = this.hovered = this.values = null;
    this.columns = [];
    this.resized = new ResizeObserver(() => this.place());
    this.resized.observe(this.picture);
    // Its text colour has a transition, which ends when the theme has changed.
    this.picture.addEventListener("transitionend", () => this.paint());
    this.canvas.addEventListener("click", (event) => this.pick(event));
    this.setLayers(layers);
  }

  setLayers({ encode, decode }, sizes = this.options.sizes) {
    this.options.sizes = sizes;
    this.stages = [diagramStages(encode), diagramStages(decode)];
    this.values = null;
    this.place({ morph: true });
  }

  setActive(active) {
    this.options.active = active;
    this.units?.setActive(active);
    this.paint();
  }

  place({ morph = false } = {}) {
    const width = this.picture.clientWidth;
    if (!width) return;
    const before = this.columns;
    const { ends } = this.options;
    const height = typeof this.options.height === "function" ? this.options.height(width) : this.options.height;
    this.size = [width, height];
    this.columns = diagramPlaces(...this.stages, { width, height, ends });
    this.fit(width, height);
    this.label(width);
    if (this.values) this.aim(this.values, { still: true });
    if (morph && before.length === this.columns.length && !reducedMotion()) this.morph(before);
    this.paint();
  }

  fit(width, height) {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.style.height = this.picture.style.height = `${height}px`;
    [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
  }

  // Puts a mark that can be hovered and focused over each layer, with the number of its values below.
  label(width) {
    const total = this.stages.flat().reduce((sum, stage) => sum + stage.parameters, 0);
    const sizes = [this.columns[0].count, ...this.stages.flat().map((stage) => stage.count)];
    const chain = `${sizes.map((size) => size.toLocaleString("en")).join(" → ")} · `;
    this.summary = this.options.total ? `${width > 420 ? chain : ""}${total.toLocaleString("en")} parameters` : "";
    this.caption.textContent = this.summary;
    this.marks.replaceChildren();
    const pitch = this.columns[2].x - this.columns[1].x;
    this.columns.forEach((column) => {
      const { part, x, y, height, shape, count } = column;
      if (!column.width) return;
      const mark = diagramElement(this.marks, "span", `diagram-mark diagram-${part}`);
      const words = part === "input" ? `The image: ${diagramShape(shape)} values` : diagramWords(column);
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", part === "code" ? `The bottleneck, ${words}` : words);
      mark.tabIndex = 0;
      Object.assign(mark.style, {
        left: `${x - 4}px`,
        width: `${column.width + 8}px`,
        top: `${y - 4}px`,
        height: `${height + 8}px`,
      });
      // Beside images the numbers stand on one line, below these.
      mark.style.setProperty("--below", `${this.options.ends === "image" ? this.size[1] - y - height : 0}px`);
      const long = shape.length > 1 && part !== "input" && part !== "output" ? diagramShape(shape) : String(count);
      const several = part === "code" && this.options.sizes?.length > 1;
      const short = pitch > 30 || part === "code" ? count : "";
      const text = several ? this.options.sizes.join(", ") : pitch > 66 ? long : short;
      if (!this.fan) diagramElement(mark, "span", "diagram-count").textContent = text;
      const point = (on) => () => this.point(on ? column : null, mark);
      mark.onpointerenter = mark.onfocus = point(true);
      mark.onpointerleave = mark.onblur = point(false);
      if (part === "code") mark.onclick = (event) => this.pick(event);
    });
    const code = this.columns.find(({ part }) => part === "code");
    this.units?.place(this.stages[0].at(-1).count, code, width, this.options.widest);
    if (this.fan) this.spread(code);
  }

  // Draws the lines from the corners of the bottleneck to those of the bars.
  spread({ x, y, width, height }) {
    const bars = this.units.root;
    const [top, left] = [this.picture.offsetTop + y + height + 2, bars.offsetLeft];
    const [tall, right] = [bars.offsetTop - top, left + bars.offsetWidth];
    Object.assign(this.fan.style, { top: `${top}px`, height: `${Math.max(0, tall)}px` });
    this.fan.toggleAttribute("hidden", bars.hidden);
    const bend = (from, to) => `${from} ${0.75 * tall} ${to} ${0.35 * tall} ${to} ${tall}`;
    this.fan.firstChild.setAttribute("d", `M${x} 0C${bend(x, left)}M${x + width} 0C${bend(x + width, right)}`);
  }

  point(column, mark) {
    this.hovered = column;
    const short = column?.parameters && this.size[0] < 420;
    const words = short ? diagramWords(column, true) : mark.getAttribute("aria-label");
    this.caption.textContent = column ? words : this.summary;
    this.paint();
  }

  pick(event) {
    const code = this.columns.find(({ part }) => part === "code");
    if (!code || !this.options.onUnit) return;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const unit = Math.floor(((y - code.y) * code.count) / code.height);
    if (Math.abs(x - code.x - code.width / 2) < code.width && unit >= 0 && unit < code.count) this.options.onUnit(unit);
  }

  setValues(values, { wave = false, cut = false } = {}) {
    this.values = values;
    this.cut = cut;
    if (!this.columns.length) return; // it is folded away, and takes the values once it is seen
    this.units?.setValues(values.encode.at(-1).values);
    this.aim(values, { still: reducedMotion() });
    if (reducedMotion()) {
      this.paint();
      return;
    }
    this.wave = wave;
    const begin = cut ? this.columns.find(({ part }) => part === "code").x / this.size[0] : 0;
    this.flow = wave ? begin : (this.flow ?? begin);
    this.run();
  }

  clear() {
    this.values = this.flow = null;
    for (const column of this.columns) column.aim = column.shown = null;
    this.units?.setValues(null);
    this.paint();
  }

  // Gives each column the values to move to; with "still" it shows them at once.
  aim(values, { still }) {
    for (const column of this.columns) {
      const list = column.part === "encode" || column.part === "code" ? values.encode : values.decode;
      const target = column.part === "input" ? values.input : list[column.at]?.values;
      column.aim = target;
      if (!target) continue; // the server computed it, without the layers in between
      column.top = column.part === "input" || column.part === "output" ? 1 : target.reduce(diagramLargest, 1e-6);
      if (still || column.shown?.length !== target.length) {
        column.shown = still ? Float32Array.from(target) : new Float32Array(target.length);
        column.scale = column.top;
      }
    }
    if (still && this.columns.at(-1).shown) this.options.onOutput?.(this.columns.at(-1).shown);
  }

  morph(before) {
    const goals = this.columns.map(({ x, y, width, height }) => ({ x, y, width, height }));
    this.change = { begun: performance.now(), before: before.map((column) => ({ ...column })), goals };
    this.run();
  }

  run() {
    this.last ??= performance.now();
    this.frame ??= requestAnimationFrame((now) => this.step(now));
  }

  step(now) {
    this.frame = null;
    const passed = Math.min(64, now - this.last);
    this.last = now;
    let busy = this.reshape(now);
    if (this.flow !== null) {
      this.flow += passed / DIAGRAM_FLOW;
      if (this.flow > 1.1) [this.flow, this.wave] = [null, false];
      busy = true;
    }
    const share = 1 - Math.exp(-passed / DIAGRAM_CHASE);
    for (const column of this.columns) {
      if (!column.aim) continue;
      const waits = this.wave && this.flow !== null && this.flow * this.size[0] < column.x;
      if (waits || diagramChase(column, share)) busy = true;
    }
    if (this.columns.at(-1).shown) this.options.onOutput?.(this.columns.at(-1).shown);
    this.paint();
    if (busy) this.run();
    else this.last = null;
  }

  reshape(now) {
    if (!this.change) return false;
    const done = Math.min(1, (now - this.change.begun) / DIAGRAM_MORPH);
    const eased = 1 - (1 - done) ** 3;
    this.columns.forEach((column, index) => {
      for (const key of ["x", "y", "width", "height"]) {
        const [from, to] = [this.change.before[index][key], this.change.goals[index][key]];
        column[key] = from + eased * (to - from);
      }
    });
    if (done === 1) this.change = null;
    return done < 1;
  }

  paint() {
    if (!this.pen || !this.columns.length) return;
    const [width, height] = this.size;
    const { flow, hovered, cut } = this;
    const { sizes } = this.options;
    this.pen.clearRect(0, 0, width, height);
    const colours = diagramColours(this.root);
    const off = this.options.active?.map((active) => !active);
    diagramPaint(this.pen, this.columns, { colours, width, height, flow, off, sizes, hovered, cut });
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.root.replaceChildren();
  }
}

function diagramElement(parent, tag, name) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  return parent.appendChild(element);
}

const diagramLargest = (largest, value) => Math.max(largest, Math.abs(value));

// Moves a column's values a share of the way; returns whether some still have far to go.
function diagramChase(column, share) {
  const { shown, aim } = column;
  let left = 0;
  for (let index = 0; index < aim.length; index++) {
    const way = aim[index] - shown[index];
    shown[index] += share * way;
    left = Math.max(left, Math.abs(way));
  }
  column.scale += share * (column.top - column.scale);
  if (left > 0.004 * column.top) return true;
  shown.set(aim);
  column.scale = column.top;
  return false;
}
