// Planes of two-unit codes, one for each network, over the digits that they decode to. Dragging on one of them moves all,
// and each network decodes the same code. Sends the trigger "code" when the pointer is released.
// A frame as large as a tile marks the code. Above each stand the digits 0 to 9, those that do not appear in it struck out.
// Data: { planes: [{ name, found, network }], classifier, low, high, tiles, code, least }; found: the digits that
// appear; least: how sure the digit classifier is of a digit that it recognises.

import { capital, classifiedAs } from "./classifying.js";
import { oncePerFrame } from "./digit.js";
import { make } from "./elements.js";
import { imageCanvas, paintImage } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { CodePad } from "./units_pad.js";

const PLANES_STEP = 1 / 24; // of the plane, for a key
const PLANES_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class TourPlanes {
  constructor(root) {
    this.root = root;
    this.follow = oncePerFrame(() => this.show());
  }

  async update(data, send) {
    this.send = send;
    const ids = data.planes.map(({ network }) => network.id).join();
    if (ids === this.ids) return;
    Object.assign(this, { ids, data, code: Float32Array.from(data.code) });
    this.root.replaceChildren();
    this.planes = data.planes.map((plane) => this.build(plane));
    this.classifier = await openNetwork(data.classifier);
    for (const plane of this.planes) {
      plane.decoder = await openNetwork(plane.network);
      this.follow();
      plane.pad.fill((codes) => plane.decoder.run("decode", codes));
    }
  }

  build({ name, found, network }) {
    const figure = make(this.root, "figure", "plane");
    const caption = make(figure, "figcaption", "");
    make(caption, "span", "", name);
    const row = make(caption, "small", "", `${found.length} of 10 digits appear: `);
    const digits = make(row, "span", "plane-digits");
    for (let each = 0; each < 10; each++) make(digits, found.includes(each) ? "b" : "s", "", String(each));
    const both = make(figure, "div", "plane-both");
    const framed = make(both, "div", "plane-axes");
    const root = make(framed, "div", "plane-pad");
    for (const [axis, number] of ["first", "second"].entries()) {
      const [low, high] = [this.data.low[axis], this.data.high[axis]].map((end) => String(end).replace("-", "−"));
      const ends = make(framed, "div", `plane-ends plane-${number}`);
      for (const text of [low, `${number} number`, high]) make(ends, "span", "", text);
    }
    root.style.setProperty("--tiles", this.data.tiles);
    const pad = new CodePad(root, {
      low: this.data.low,
      high: this.data.high,
      tiles: this.data.tiles,
      onMove: (code) => this.move(code),
      onEnd: () => this.send(Array.from(this.code)),
    });
    pad.start.hidden = true;
    root.removeAttribute("aria-hidden");
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", `${name}: a grid of digits, decoded from its two latent units. Arrow keys move over it.`);
    root.tabIndex = 0;
    root.onkeydown = (event) => this.key(event);
    const digit = make(both, "div", "plane-digit");
    const canvas = digit.appendChild(imageCanvas(name));
    const words = make(digit, "p", "plane-class");
    return { name, network, pad, canvas, words };
  }

  key(event) {
    const step = PLANES_KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const { low, high } = this.data;
    this.move(step.map((way, i) => Math.max(low[i], Math.min(high[i], this.code[i] + way * PLANES_STEP * (high[i] - low[i])))));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(Array.from(this.code)), 400);
  }

  move(code) {
    this.code = Float32Array.from(code);
    this.follow();
  }

  async show() {
    const { code } = this;
    for (const { name, pad, decoder, canvas, words } of this.planes) {
      pad.show(code);
      if (!decoder) continue;
      const pixels = await decoder.run("decode", code);
      if (this.code !== code) return;
      paintImage(canvas, pixels);
      const logits = await this.classifier.run("classify", pixels);
      words.textContent = capital(classifiedAs(logits, this.data.least).words);
      canvas.setAttribute("aria-label", `${name}, decoded. ${words.textContent}`);
    }
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  parentElement.tourPlanes ??= new TourPlanes(parentElement.querySelector(".planes"));
  parentElement.tourPlanes.update(data, (code) => setTriggerValue("code", code));
  return () => {
    parentElement.tourPlanes?.destroy();
    parentElement.tourPlanes = null;
  };
});
