// The rows of originals and reconstructions in the live view; between two epochs the reconstructions cross-fade.

import { imageGap, imagePicture, sharpen, splitImages } from "./images.js";

const ORIGINAL = "Original";
const RECONSTRUCTION = "Reconstruction";
const STRIP_NARROW = 560; // CSS pixels; below, only the first images are shown
const STRIP_FEW = 8;

export class ImageRows {
  // onPoint: called with the index of the image under the pointer, or null.
  constructor(root, { most = 16, onPoint = () => {} } = {}) {
    Object.assign(this, { root, most, onPoint });
    root.className = "live-rows";
    this.originals = this.shown = null;
    this.marked = null;
    this.columns = 0;
    this.observer = new ResizeObserver(() => this.#arrange());
    this.observer.observe(root);
  }

  // originals: bytes of images of a shape, one after the other.
  setOriginals(originals, shape) {
    if (this.originals === originals) return;
    if (this.shown?.length !== originals.length) this.shown = null; // of other images: a preview, not a replay
    Object.assign(this, { originals, shape, side: shape[1], gap: imageGap(shape[1]) });
    this.columns = 0;
    this.#arrange();
  }

  // Show the reconstructions between two epochs; share 0 is the first, 1 the second.
  show(first, second, share) {
    this.shown ??= new Uint8Array(first.length);
    if (this.shown.length !== first.length) this.shown = new Uint8Array(first.length);
    if (share === 0 || first === second) this.shown.set(first);
    else for (let i = 0; i < first.length; i += 1) this.shown[i] = first[i] + (second[i] - first[i]) * share;
    this.#paint(this.shown, RECONSTRUCTION);
  }

  setLabel(label) {
    if (label === this.label) return;
    this.label = label;
    for (const row of this.rows ?? []) row.canvas.setAttribute("aria-label", `${label}: ${row.name}`);
  }

  mark(index) {
    if (index === this.marked) return;
    this.marked = index;
    for (const row of this.rows ?? []) {
      const column = index === null ? -1 : index - row.start;
      row.ring.hidden = column < 0 || column >= row.count;
      row.ring.style.left = `${(100 * column * (this.side + this.gap)) / row.canvas.width}%`;
      row.ring.style.width = `${(100 * this.side) / row.canvas.width}%`;
    }
  }

  destroy() {
    this.observer.disconnect();
  }

  #arrange() {
    if (!this.originals) return;
    const count = splitImages(this.originals, this.shape).length;
    const narrow = this.root.clientWidth < STRIP_NARROW;
    const columns = Math.min(count, narrow ? STRIP_FEW : this.most);
    if (columns === this.columns || !columns) return;
    this.columns = columns;
    this.rows = [];
    this.root.replaceChildren();
    const shown = narrow ? columns : count; // so that what lies below can be seen at the same time
    for (let start = 0; start < shown; start += columns) {
      for (const name of [ORIGINAL, RECONSTRUCTION]) this.#addRow(name, start, Math.min(columns, count - start));
    }
    this.#paint(this.originals, ORIGINAL);
    if (this.shown) this.#paint(this.shown, RECONSTRUCTION);
    const { label } = this;
    this.label = null;
    if (label) this.setLabel(label);
  }

  #addRow(name, start, count) {
    const title = document.createElement("div");
    title.className = "live-row-name";
    title.textContent = name;
    const cell = document.createElement("div");
    cell.className = "live-row";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.width = count * (this.side + this.gap) - this.gap;
    canvas.height = this.side;
    sharpen(canvas, this.side);
    const ring = document.createElement("i");
    ring.className = "live-ring";
    ring.hidden = true;
    cell.append(canvas, ring);
    this.root.append(title, cell);
    const pen = canvas.getContext("2d");
    this.rows.push({ name, start, count, canvas, ring, pen });
    canvas.onpointermove = (event) => {
      const { left, width } = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - left) / width) * count);
      this.onPoint(column >= 0 && column < count ? start + column : null);
    };
    canvas.onpointerleave = () => this.onPoint(null);
  }

  #paint(pixels, wanted) {
    const images = splitImages(pixels, this.shape);
    for (const { name, start, count, pen } of this.rows ?? []) {
      if (name !== wanted) continue;
      for (let i = 0; i < count; i += 1) pen.putImageData(imagePicture(images[start + i], 255), i * (this.side + this.gap), 0);
    }
  }
}
