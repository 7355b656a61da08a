// Below each slider, the image at several values of its unit, while all others keep theirs; a frame is around the nearest.
// Below each image is the digit that it is classified as, where there is a classifier.

import { classMark } from "./classifying.js";
import { make } from "./elements.js";
import { imagePicture, imageShape, sharpen } from "./images.js";

const STRIPS_TILES = 9;
const STRIPS_PAUSE = 120; // milliseconds without a change, before the images are decoded anew
const STRIPS_SHARE = 8; // milliseconds of decoding, before the pointer has its turn

export class UnitStrips {
  // rows: of UnitSliders. low, high: the ends of each slider. decode: an async function from a code to an image.
  // classify: an async function from an image to { digit, share }, or null. onPick(unit, value): an image was clicked.
  constructor(rows, { low, high, decode, classify, onPick }) {
    Object.assign(this, { low, high, decode, classify, turn: 0 });
    this.active = rows.map(({ active }) => active);
    this.marks = [];
    this.digits = []; // for each unit, the places of the words below its images
    this.canvases = rows.map(({ row, active }, unit) => {
      const film = row.appendChild(document.createElement("span"));
      film.className = "unit-film";
      film.setAttribute("aria-hidden", "true");
      const canvas = film.appendChild(document.createElement("canvas"));
      canvas.className = "digit unit-strip";
      this.marks.push(film.appendChild(document.createElement("b")));
      this.digits.push(classify && active ? this.places(row) : null);
      if (active) canvas.onclick = (event) => onPick(unit, this.picked(unit, event));
      return canvas;
    });
  }

  places(row) {
    const line = make(row, "span", "unit-digits");
    line.setAttribute("aria-hidden", "true");
    return Array.from({ length: STRIPS_TILES }, () => make(line, "span"));
  }

  value(unit, tile) {
    return this.low[unit] + ((tile + 0.5) / STRIPS_TILES) * (this.high[unit] - this.low[unit]);
  }

  // The image at the value that is nearest to one.
  nearest(unit, value) {
    const share = (value - this.low[unit]) / (this.high[unit] - this.low[unit]);
    return Math.max(0, Math.min(Math.floor(share * STRIPS_TILES), STRIPS_TILES - 1));
  }

  picked(unit, event) {
    event.preventDefault(); // the slider's own reaction to a click on its label
    const { left, width } = this.canvases[unit].getBoundingClientRect();
    const value = this.low[unit] + ((event.clientX - left) / width) * (this.high[unit] - this.low[unit]);
    return this.value(unit, this.nearest(unit, value));
  }

  show(code) {
    this.marks.forEach((mark, unit) => mark.style.setProperty("--tile", this.nearest(unit, code[unit])));
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const kept = Float32Array.from(code);
    this.timer = setTimeout(() => this.paint(kept, turn), STRIPS_PAUSE);
  }

  async paint(code, turn) {
    let begun = performance.now();
    const all = [];
    for (const [unit, canvas] of this.canvases.entries()) {
      const images = [];
      for (let tile = 0; tile < STRIPS_TILES; tile++) {
        const changed = Float32Array.from(code);
        changed[unit] = this.value(unit, tile);
        images.push(tile && !this.active[unit] ? images[0] : await this.decode(changed));
        if (performance.now() - begun > STRIPS_SHARE) {
          await new Promise(requestAnimationFrame);
          begun = performance.now();
        }
        if (turn !== this.turn) return;
      }
      this.put(canvas, images);
      all.push(images);
    }
    for (const [unit, places] of this.digits.entries()) {
      for (const [tile, place] of places?.entries() ?? []) {
        const mark = classMark(await this.classify(all[unit][tile]));
        await new Promise((resolve) => setTimeout(resolve)); // the pointer has its turn
        if (turn !== this.turn) return;
        place.textContent = mark;
      }
    }
  }

  put(canvas, images) {
    const { side } = imageShape(images[0].length);
    [canvas.width, canvas.height] = [images.length * side, side];
    sharpen(canvas, side);
    const pen = canvas.getContext("2d");
    images.forEach((image, tile) => pen.putImageData(imagePicture(image), tile * side, 0));
  }

  destroy() {
    clearTimeout(this.timer);
    this.turn++;
  }
}
