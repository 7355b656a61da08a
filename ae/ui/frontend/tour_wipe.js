// The same digits through several bottlenecks, one row for each. A divider lays the originals over all rows at once.
// Data: { originals, rows: [{ name, note, pixels }], labels }; the pixels are bytes.

import { DIGIT_SHAPE, fromBase64 } from "./digit.js";
import { Divider } from "./divider.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { markSpare, setCount } from "./tour_rows.js";

class Wipe {
  constructor(host) {
    const part = (name) => host.querySelector(`.wipe-${name}`);
    this.originals = part("originals");
    this.names = part("names");
    const ends = ["reconstructions only", "originals only"]; // all lies to the right of the divider, or to its left
    this.divider = new Divider(part("rows"), { names: ["original", "reconstruction"], ends });
    this.divider.move(0);
  }

  update({ originals, rows, labels }) {
    const count = labels.length;
    setCount(this.originals.parentElement, count);
    this.originals.replaceChildren(
      ...wipeImages(originals).map((image, i) => {
        const canvas = imageCanvas(`Original ${labels[i]}`);
        paintImage(canvas, image);
        markSpare(canvas, i);
        return canvas;
      }),
    );
    this.names.replaceChildren(...rows.map(wipeName));
    const pairs = rows.flatMap(({ name }) => labels.map((label) => `${label}, ${name}`));
    const before = wipeImages(originals);
    const after = rows.flatMap(({ pixels }) => wipeImages(pixels));
    this.divider.show(rows.length * count, pairs).forEach(({ left, right }, i) => {
      paintImage(left, before[i % count]);
      paintImage(right, after[i]);
      markSpare(right.parentElement, i % count);
    });
  }
}

function wipeImages(text) {
  return splitImages(Float32Array.from(fromBase64(text, Uint8Array), (byte) => byte / 255), DIGIT_SHAPE);
}

function wipeName({ name, note }) {
  const place = document.createElement("div");
  place.className = "tour-name";
  const title = place.appendChild(document.createElement("b"));
  title.textContent = name;
  place.appendChild(document.createElement("small")).textContent = note;
  return place;
}

export default function ({ data, parentElement }) {
  parentElement.wipe ??= new Wipe(parentElement);
  parentElement.wipe.update(data);
}
