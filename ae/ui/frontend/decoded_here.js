// What is decoded at a place, and the test image there, if there is one: two pictures of the same size that stay where
// they are. Needs the styles "digit" and "decoded_here".

import { make } from "./elements.js";
import { imageCanvas, paintImage } from "./images.js";

const HERE_NUMBERS = 32; // a longer code is cut

export class DecodedHere {
  // root: an element for both.
  constructor(root) {
    root.classList.add("decoded-here");
    [this.beside, this.large] = [["beside", "Original"], ["large", "Decoded"]].map(([name, label]) => {
      const part = make(root, "div", name);
      make(part, "span", "label", label);
      part.append(imageCanvas(label));
      make(part, "span", "words");
      return part;
    });
    this.code = make(this.large, "span", "words code");
    make(this.beside, "span", "empty", "No image here");
    this.original = this.beside.querySelector("canvas");
  }

  // Shows the image that a code decodes to, with the code.
  paint(pixels, code) {
    paintImage(this.large.querySelector("canvas"), pixels);
    const numbers = Array.from(code.slice(0, HERE_NUMBERS), (value) => value.toFixed(2).replace("-", "−")).join(", ");
    this.code.textContent = `Code ${numbers}${code.length > HERE_NUMBERS ? ", …" : ""}`;
    this.code.title = this.code.textContent;
  }

  say(words) {
    this.large.querySelector(".words").textContent = words;
  }

  // The test image at the place, or none: null.
  paintBeside(pixels, words = "") {
    this.beside.classList.toggle("none", !pixels);
    this.beside.querySelector(".words").textContent = pixels ? words : "";
    if (pixels) paintImage(this.original, pixels);
  }
}
