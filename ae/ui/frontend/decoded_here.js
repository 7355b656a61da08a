// What is decoded at a place, and the test image there, if there is one: two pictures of the same size that stay where
// they are. Needs the styles "digit" and "decoded_here".

import { make } from "./elements.js";
import { imageCanvas, paintImage } from "./images.js";

export class DecodedHere {
  // root: an element for both.
  constructor(root) {
    root.classList.add("decoded-here");
    [this.large, this.beside] = [["large", "Decoded here"], ["beside", "Original"]].map(([name, label]) => {
      const part = make(root, "div", name);
      make(part, "span", "label", label);
      part.append(imageCanvas(label));
      make(part, "span", "words");
      return part;
    });
    this.original = this.beside.querySelector("canvas");
  }

  paint(pixels) {
    paintImage(this.large.querySelector("canvas"), pixels);
  }

  say(words) {
    this.large.lastChild.textContent = words;
  }

  // The test image at the place, or none: null.
  paintBeside(pixels, words = "") {
    this.beside.classList.toggle("none", !pixels);
    if (!pixels) return;
    paintImage(this.original, pixels);
    this.beside.lastChild.textContent = words;
  }
}
