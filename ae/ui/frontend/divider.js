// Pairs of images with a divider that is dragged across all of them: one is seen to its left, the other to its right.
//
//   const divider = new Divider(root, { names: ["original", "reconstruction"] });
//   for (const { left, right } of divider.show(count, labels)) ... // paint these canvases
//   divider.move(0.3); // 0: all right, 1: all left
//
// Dragging, a click and the slider below move it. Needs the styles "divider", "slider" and "digit".

import { imageCanvas } from "./images.js";

export class Divider {
  constructor(root, { names }) {
    this.root = root;
    this.cells = [];
    root.classList.add("divider");
    const part = (name, place, settings = {}) => place.appendChild(Object.assign(document.createElement(name), settings));
    this.row = part("div", root, { className: "divider-row" });
    const below = part("label", root, { className: "divider-below" });
    this.ends = [part("span", below)];
    this.slider = part("input", below, { className: "slider", type: "range", min: 0, max: 100, step: 1 });
    this.ends.push(part("span", below));
    this.rename(names);
    this.slider.oninput = () => this.move(this.slider.value / 100);
    this.row.onpointerdown = (event) => this.#drag(event);
    this.row.onpointermove = (event) => event.buttons & 1 && this.held && this.#drag(event);
    this.row.onpointerup = this.row.onpointercancel = () => (this.held = null);
    this.move(0.5);
  }

  // names: what is to the left of the divider and what to the right.
  rename(names) {
    this.names = names;
    this.ends.forEach((end, i) => (end.textContent = names[i]));
    this.slider.setAttribute("aria-label", `Divider between ${names[0]} and ${names[1]}`);
  }

  // Make place for count pairs, and return their canvases; labels are their text alternatives.
  show(count, labels = []) {
    while (this.cells.length > count) this.cells.pop().place.remove();
    while (this.cells.length < count) {
      const place = this.row.appendChild(document.createElement("div"));
      place.className = "divider-pair";
      const [right, left] = ["", ""].map(() => place.appendChild(imageCanvas("")));
      left.classList.add("divider-left");
      place.appendChild(document.createElement("i"));
      this.cells.push({ place, left, right });
    }
    this.cells.forEach(({ left, right }, i) => {
      left.setAttribute("aria-label", [labels[i], this.names[0]].filter(Boolean).join(": "));
      right.setAttribute("aria-label", [labels[i], this.names[1]].filter(Boolean).join(": "));
    });
    this.row.style.setProperty("--count", count);
    return this.cells;
  }

  move(at) {
    const share = Math.min(1, Math.max(0, at));
    this.root.style.setProperty("--at", `${100 * share}%`);
    this.root.classList.toggle("divider-at-end", share === 0 || share === 1);
    this.slider.value = Math.round(100 * share);
    this.slider.style.setProperty("--share", `${100 * share}%`);
    this.slider.setAttribute("aria-valuetext", `${this.slider.value} % ${this.names[0]}`);
  }

  #drag(event) {
    this.held ??= event.target.closest(".divider-pair");
    if (!this.held) return;
    this.row.setPointerCapture(event.pointerId);
    const box = this.held.getBoundingClientRect();
    this.move((event.clientX - box.left) / box.width);
  }
}
