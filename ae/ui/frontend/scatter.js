// A scatter plot of up to a few thousand points on a canvas, coloured by class; scatter_draw.js draws it and
// scatter_events.js listens. Needs the styles "scatter" and <canvas class="scatter">, which fills its parent's width.
//
//   const scatter = (parentElement.scatter ??= new Scatter(canvas, { label, axes: ["Unit 0", "Unit 1"] }));
//   scatter.setPoints({ x, y, labels, colours, hidden, names }); // names: of the classes, to write among their points
//   scatter.onMove = ({ x, y, index, clientX, clientY, time, by }) => {}; // time: the event's; by: "pointer" or "keys"
//   scatter.onLeave = () => {};
//   scatter.onPick = ({ x, y, index }) => {};
//   scatter.onNames = (labels) => {}; // when other classes than before have their names written among their points
//   scatter.onView = () => {}; // after a change of scatter.view, the area that is seen
//   scatter.setHandles([[x, y]], ["From"]);  scatter.onHandle = (which, { x, y, index }, done) => {}; // index: of the nearest point
//   scatter.setFaint([label], path); // classes that step back, and a path that the names of classes keep clear of
//   scatter.onDrag = (points, done) => {}; // [[x, y], ...]; without it, dragging moves the view
//
// Everything is in data units, except clientX and clientY. Positions and areas are copied; x, y and labels are not.
// Keys: arrows move a cursor (Shift: further), Enter picks, Space begins and ends a drag, + and - zoom, 0 resets.

import { typeScale } from "./digit.js";
import { classMiddles, scatterBase, scatterOverlay } from "./scatter_draw.js";
import { scatterListen } from "./scatter_events.js";

const SCATTER_WITH_AXES = { left: 46, right: 6, top: 6, bottom: 38 };
const SCATTER_BARE = { left: 1, right: 1, top: 1, bottom: 1 };
const SCATTER_DEEPEST = 40; // the most that one can zoom in
const SCATTER_TWEEN = 350; // milliseconds
const SCATTER_NAMED = 20; // classes, at most, in a legend

export class Scatter {
  constructor(canvas, { label = "", axes = null, ticks = true, moving = false, radius = 2.5 } = {}) {
    Object.assign(this, { canvas, ticks, moving }); // moving: its classes get names only once they lie apart
    this.axes = axes; // the names of both axes, or null for none
    this.radius = radius; // of a point, in CSS pixels
    this.setPoints({ x: [], y: [] });
    this.home = this.view = { left: 0, right: 1, bottom: 0, top: 1 };
    this.background = this.backgroundArea = this.detail = this.path = this.mark = this.cursor = this.highlighted = null;
    this.kept = null; // a mark that names make room for
    this.stops = [];
    this.faint = new Set();
    this.avoided = [];
    this.handles = []; // places that can be dragged, before anything else
    this.rings = []; // places with a small ring each; to be set before the points
    this.handleNames = [];
    this.base = document.createElement("canvas"); // everything but the overlay, so that a moving cursor is cheap
    this.stale = true; // whether the base must be drawn again
    this.onMove = this.onLeave = this.onPick = this.onDrag = this.onHandle = this.onView = this.onNames = null;
    this.setLabel(label);
    if (!canvas.hasAttribute("role")) canvas.setAttribute("role", "img");
    this.scale = typeScale(); // read once: the plot's place is asked for at every move of the pointer
    this.resized = new ResizeObserver(() => {
      this.scale = typeScale();
      this.redraw();
    });
    this.resized.observe(canvas);
    this.unlisten = scatterListen(this);
  }

  setLabel(label) {
    this.canvas.setAttribute("aria-label", label);
  }

  setAxes(axes) {
    if (String(axes) !== String(this.axes)) this.redraw();
    this.axes = axes;
  }

  // Labels index colours; 255 means no class. Points whose label is in hidden are not drawn and not found.
  setPoints({ x, y, labels, colours, hidden = new Set(), names = [] }) {
    this.points = { x, y, labels: labels ?? new Uint8Array(x.length).fill(255), colours: colours ?? [], hidden };
    this.names = labels && names.length <= SCATTER_NAMED ? names : [];
    this.movePoints(x, y);
  }

  movePoints(x, y) {
    Object.assign(this.points, { x, y });
    this.middles = classMiddles(this.points, this.names);
    this.redraw();
  }

  setArea(area, { animate = false } = {}) {
    const before = this.view;
    this.home = { ...area };
    cancelAnimationFrame(this.tween);
    if (!animate || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.look(this.home);
      return;
    }
    const begun = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - begun) / SCATTER_TWEEN));
      const eased = part * part * (3 - 2 * part);
      const mixed = (side) => before[side] + (this.home[side] - before[side]) * eased;
      if (part < 1) this.tween = requestAnimationFrame(step);
      this.look(
        part < 1
          ? { left: mixed("left"), right: mixed("right"), bottom: mixed("bottom"), top: mixed("top") }
          : this.home,
      );
    };
    this.tween = requestAnimationFrame(step);
  }

  // An image, bitmap or canvas, stretched over an area; points then have a dark outline.
  setBackground(image, area) {
    if (image !== this.background) this.detail = null;
    this.background = image;
    this.backgroundArea = image && { ...area };
    this.redraw();
  }

  // An image over a part of the background's area, or null.
  setDetail(image, area) {
    this.detail = image && { image, area };
    this.redraw();
  }

  // A line through points, with a dot at each of the stops; null among the points begins another line.
  setPath(path, stops = []) {
    this.path = path;
    this.stops = stops;
    this.refresh();
  }

  setHandles(places, names = []) {
    if (String([...this.handles, ...this.handleNames]) !== String([...places, ...names])) this.redraw(); // names make room
    this.handles = places;
    this.handleNames = names;
    this.refresh();
  }

  setFaint(labels, avoided = []) {
    this.faint = new Set(labels);
    this.avoided = avoided;
    this.redraw();
  }

  // aside: whether the names of classes make room, for a mark that seldom moves.
  setMark(place, { aside = false } = {}) {
    const kept = aside ? place : null;
    if (String(kept) !== String(this.kept)) this.redraw();
    this.kept = kept;
    this.mark = place;
    this.refresh();
  }

  setCursor(place) {
    this.cursor = place;
    this.refresh();
  }

  highlight(index) {
    if (index === this.highlighted) return;
    this.highlighted = index;
    this.refresh();
  }

  // The plot's rectangle in CSS pixels from the canvas's corner.
  get plot() {
    const margin = this.axes ? SCATTER_WITH_AXES : SCATTER_BARE;
    const { canvas: { clientWidth, clientHeight }, scale } = this;
    return {
      left: margin.left * scale,
      top: margin.top * scale,
      width: Math.max(1, clientWidth - (margin.left + margin.right) * scale),
      height: Math.max(1, clientHeight - (margin.top + margin.bottom) * scale),
    };
  }

  get zoomed() {
    return ["left", "right", "bottom", "top"].some((side) => this.view[side] !== this.home[side]);
  }

  // From data units to CSS pixels from the canvas's corner.
  toPixels(x, y) {
    const { left, top, width, height } = this.plot;
    const { view } = this;
    return [
      left + ((x - view.left) / (view.right - view.left)) * width,
      top + ((view.top - y) / (view.top - view.bottom)) * height,
    ];
  }

  toData(clientX, clientY) {
    const box = this.canvas.getBoundingClientRect();
    const { left, top, width, height } = this.plot;
    const { view } = this;
    return [
      view.left + ((clientX - box.left - left) / width) * (view.right - view.left),
      view.top - ((clientY - box.top - top) / height) * (view.top - view.bottom),
    ];
  }

  toClient(x, y) {
    const box = this.canvas.getBoundingClientRect();
    const [left, top] = this.toPixels(x, y);
    return [box.left + left, box.top + top];
  }

  // The index of the shown point nearest to a place on the screen, at most radius CSS pixels away, or null.
  nearest(clientX, clientY, radius = 8) {
    const [atX, atY] = this.toData(clientX, clientY);
    const { plot, view } = this;
    const scaleX = plot.width / (view.right - view.left);
    const scaleY = plot.height / (view.top - view.bottom);
    const { x, y, labels, hidden } = this.points;
    let [found, least] = [null, radius * radius];
    for (let i = 0; i < x.length; i++) {
      const distance = ((x[i] - atX) * scaleX) ** 2 + ((y[i] - atY) * scaleY) ** 2;
      if (distance <= least && !hidden.has(labels[i])) [found, least] = [i, distance];
    }
    return found;
  }

  // Zooms around a place, within the area: factor below 1 zooms in. Shift moves the view, in data units.
  zoom(factor, [x, y], [shiftX, shiftY] = [0, 0]) {
    const { home, view } = this;
    cancelAnimationFrame(this.tween);
    const limited = (low, high, homeLow, homeHigh, around, shift) => {
      const whole = homeHigh - homeLow;
      const length = Math.min(whole, Math.max(whole / SCATTER_DEEPEST, (high - low) * factor));
      if (length === whole) return [homeLow, homeHigh];
      const begin = around - ((around - low) * length) / (high - low) + shift;
      const kept = Math.min(Math.max(begin, homeLow), homeHigh - length);
      return [kept, kept + length];
    };
    const [left, right] = limited(view.left, view.right, home.left, home.right, x, shiftX);
    const [bottom, top] = limited(view.bottom, view.top, home.bottom, home.top, y, shiftY);
    this.look({ left, right, bottom, top });
  }

  look(view) {
    this.view = view;
    this.onView?.();
    this.redraw();
  }

  reset() {
    this.setArea(this.home, { animate: true });
  }

  redraw() {
    this.stale = true;
    this.refresh();
  }

  // Draws once, at the end of the current task and before the next frame, however often it is called.
  refresh() {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => this.draw());
  }

  draw() {
    this.pending = false;
    const { canvas, base } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (!width || !height) return; // not on the screen
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = base.width = width;
      canvas.height = base.height = height;
      this.stale = true;
    }
    canvas.style.touchAction = this.onDrag || this.zoomed ? "none" : "pan-y"; // a finger that can't drag scrolls the page
    if (this.stale) this.named(scatterBase(this, base.getContext("2d"), ratio));
    this.stale = false;
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.drawImage(base, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    scatterOverlay(this, pen);
  }

  named(labels) {
    if (String(labels) !== this.written) this.onNames?.(labels);
    this.written = String(labels);
  }

  destroy() {
    cancelAnimationFrame(this.tween);
    this.resized.disconnect();
    this.unlisten();
  }
}

// Fills an element of the class "scatter-legend" with a dot and a name for each class that is not hidden; of very many,
// for the first.
export function scatterLegend(root, names, colours, hidden = new Set()) {
  const shown = names.map((_, i) => i).filter((i) => !hidden.has(i));
  const entries = shown.slice(0, SCATTER_NAMED).map((i) => {
    const entry = document.createElement("span");
    const dot = document.createElement("i");
    dot.style.background = colours[i % colours.length];
    entry.append(dot, names[i]);
    return entry;
  });
  root.replaceChildren(...entries);
  if (shown.length > SCATTER_NAMED) root.append(`and ${shown.length - SCATTER_NAMED} more`);
}
