// Rows of the images of the paths, a column for each step: that at which the player stands is marked, and a click on an
// image moves the player there. Needs the style "walk_rows", and --n: the number of columns.

import { fromBase64 } from "./digit.js";
import { make } from "./elements.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";

export class WalkRows {
  // onPick(step): a step was clicked.
  constructor(root, onPick) {
    Object.assign(this, { root, onPick, step: null });
  }

  // rows: { name, colour, what, pixels, digits, hints, red }, where pixels are red, green and blue bytes; heads: of
  // the columns; side: of an image, in pixels.
  show(rows, heads, side) {
    this.root.replaceChildren();
    for (const [at, row] of rows.entries()) {
      const label = make(this.root, "div", "walk-label");
      if (row.colour) make(label, "i", "walk-dot").style.background = row.colour;
      label.append(row.name);
      make(label, "small", "", row.what);
      if (!at) heads.forEach((head, i) => this.onStep(make(this.line("walk-heads"), "span", "", head), i));
      this.images(row, side);
    }
    this.mark(this.step);
  }

  line(name) {
    const last = this.root.lastElementChild;
    return last.classList.contains(name) ? last : make(this.root, "div", name);
  }

  images(row, side) {
    const cells = make(this.root, "div", "walk-cells");
    const said = row.digits.length ? `, classified as ${row.digits.join(", ")}` : "";
    cells.setAttribute("role", "img");
    cells.setAttribute("aria-label", `${row.name}, ${row.what}${said}`);
    const pixels = Float32Array.from(fromBase64(row.pixels, Uint8Array), (byte) => byte / 255);
    splitImages(pixels, [3, side, side]).forEach((image, i) => {
      const cell = make(cells, "span");
      const canvas = imageCanvas("");
      paintImage(canvas, image);
      cell.append(canvas);
      const look = row.red.includes(i) ? "walk-other" : "";
      if (row.digits.length) make(cell, "b", look, row.digits[i]).title = row.hints[i];
      this.onStep(cell, i);
    });
  }

  onStep(element, step) {
    element.onclick = () => this.onPick(step);
  }

  // Marks the column of a step, if it has one.
  mark(step) {
    this.step = step;
    for (const line of this.root.querySelectorAll(".walk-heads, .walk-cells")) {
      [...line.children].forEach((cell, i) => cell.classList.toggle("walk-here", i === step));
    }
  }
}
