// A grid of digits over which the pointer has a place: [column, row], whole numbers in the middle of a digit.

import { make } from "./elements.js";
import { imageCanvas, paintImage } from "./images.js";

const GRID_PLATEAU = 0.3; // so near to the middle of a digit, in columns and rows, it is that digit itself
const GRID_ENDS = ["A", "B"]; // the names of the ends of a path
const GRID_ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Return which digits a place mixes: parts, a list of [index, weight], and the nearest.
export function gridMix([x, y], columns, count) {
  const split = (at, most) => {
    const low = Math.min(Math.floor(Math.max(0, at)), most);
    const part = Math.min(1, Math.max(0, (at - low - GRID_PLATEAU) / (1 - 2 * GRID_PLATEAU)));
    const share = part * part * (3 - 2 * part);
    return low < most ? [[low, 1 - share], [low + 1, share]] : [[low, 1]]; // prettier-ignore
  };
  const rows = Math.ceil(count / columns);
  const parts = split(y, rows - 1)
    .flatMap(([row, a]) => split(x, columns - 1).map(([column, b]) => [row * columns + column, a * b]))
    .filter(([index, weight]) => weight > 0 && index < count);
  const [nearest] = parts.reduce((best, each) => (each[1] > best[1] ? each : best));
  return { parts, nearest };
}

export class SampleGrid {
  onMove = null; // ({ place, time })
  onPath = null; // (from, to): the indices of two digits, after a drag from one to the other or a tap on each
  onFirst = null; // (index): the first of two taps

  constructor(root) {
    this.root = root;
    this.columns = this.count = 0;
    this.cursor = null; // of the keyboard
    this.begun = null; // where a drag has begun
    this.first = null; // the first of two taps
    const pointed = (event) => {
      if (this.count) this.move(this.placeOf(event), event.timeStamp);
    };
    root.onpointerdown = (event) => {
      if (event.button > 0 || !this.count) return;
      root.setPointerCapture(event.pointerId);
      this.begun = this.nearest(this.placeOf(event));
      pointed(event);
    };
    root.onpointermove = pointed;
    root.onpointerup = (event) => this.end(this.nearest(this.placeOf(event)));
    root.onpointercancel = () => (this.begun = null);
    root.onkeydown = (event) => this.key(event);
  }

  // unsure: [index, mark, hint] of the digits that the digit classifier is not sure of.
  fill(images, columns, unsure = []) {
    this.count = images.length;
    this.cursor = this.begun = this.first = null;
    const doubts = new Map(unsure.map(([index, ...said]) => [index, said]));
    const cells = images.map((pixels, i) => {
      const cell = document.createElement("div");
      const [mark, hint] = doubts.get(i) ?? [];
      const canvas = cell.appendChild(imageCanvas(`Sample ${i + 1}${hint ? `, perhaps ${hint}` : ""}`));
      paintImage(canvas, pixels);
      make(cell, "b");
      if (!mark) return cell;
      cell.classList.add("unsure");
      cell.title = hint;
      make(cell, "small", "", mark);
      return cell;
    });
    this.root.replaceChildren(...cells);
    this.setColumns(columns);
    this.markNear(0);
  }

  setColumns(columns) {
    this.columns = columns;
    this.root.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  }

  placeOf({ clientX, clientY }) {
    const [first, last] = [this.root.firstChild, this.root.lastChild].map((each) => each.getBoundingClientRect());
    const rows = Math.ceil(this.count / this.columns) - 1;
    const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
    const [[left, top], [right, bottom]] = [middle(first), middle(last)];
    const at = (value, low, high, most) => Math.min(most, Math.max(0, ((value - low) / (high - low || 1)) * most));
    return [at(clientX, left, right, this.columns - 1), at(clientY, top, bottom, rows)];
  }

  nearest(place) {
    return gridMix(place, this.columns, this.count).nearest;
  }

  // Stress one of the digits, or none if there is no such index.
  markNear(index) {
    this.root.querySelector(".near")?.classList.remove("near");
    this.root.children[index]?.classList.add("near");
  }

  // The digits at the ends of a path; none without arguments.
  markEnds(...ends) {
    [...this.root.children].forEach((cell, i) => {
      const end = ends.indexOf(i);
      cell.classList.toggle("end", end >= 0);
      cell.querySelector("b").textContent = GRID_ENDS[end] ?? "";
    });
  }

  move(place, time) {
    this.markNear(this.nearest(place));
    this.onMove?.({ place, time });
  }

  // A drag to another digit is a path; a tap chooses one end of a path, and the next tap the other.
  end(index) {
    const { begun } = this;
    this.begun = null;
    if (begun === null) return;
    if (begun === index) this.pick(index);
    else this.join(begun, index);
  }

  pick(index) {
    if (this.first === index) return;
    if (this.first !== null) return void this.join(this.first, index);
    this.first = index;
    this.markEnds(index);
    this.onFirst?.(index);
  }

  join(from, to) {
    this.first = null;
    this.onPath?.(from, to);
  }

  key(event) {
    const arrow = GRID_ARROWS[event.key];
    if (!this.count || !(arrow || event.key === " ")) return;
    event.preventDefault();
    const rows = Math.ceil(this.count / this.columns);
    if (arrow) {
      const step = event.shiftKey ? 0.125 : 1; // Shift: into the mix
      const [x, y] = this.cursor ?? [0, 0];
      const kept = (value, most) => Math.min(most, Math.max(0, value));
      const moved = [kept(x + arrow[0] * step, this.columns - 1), kept(y + arrow[1] * step, rows - 1)];
      this.cursor = event.shiftKey ? moved : moved.map(Math.round);
      this.move(this.cursor, event.timeStamp);
    } else this.pick(this.nearest(this.cursor ?? [0, 0]));
  }
}
