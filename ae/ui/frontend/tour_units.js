// A pad, a large bar for each latent unit, and the reconstruction, live: inactive units stay off, whatever is drawn.
// Data: { network, classifier, examples, active, ranges }, as for hero.js.

import { DiagramUnits } from "./diagram_units.js";
import { classLabel, DIGIT_SHAPE, fromBase64, oncePerFrame } from "./digit.js";
import { DrawingPad } from "./drawing.js";
import { imageSize, paintImage, splitImages } from "./images.js";
import { openNetwork } from "./network.js";

const TOUR_UNIT = 92; // the largest width of a bar, in pixels

class TourUnits {
  constructor(host) {
    const part = (name) => host.querySelector(`.tour-${name}`);
    this.bars = part("bars");
    this.output = host.querySelector(".tour-output canvas");
    this.words = part("class");
    this.shown = -1;
    this.draw = oncePerFrame((pixels) => this.compute(pixels));
    const place = part("pad");
    this.pad = new DrawingPad(place, { onStroke: (pixels) => this.drawn(pixels) });
    this.next = document.createElement("button");
    Object.assign(this.next, { type: "button", textContent: "Example" });
    this.next.onclick = () => this.showExample();
    this.pad.button.after(this.next);
    // The first stroke, by pointer or key, begins on an empty pad.
    const begin = (event) => {
      if (event.target !== this.pad.canvas || !this.example) return;
      if (event.key && event.key !== " " && !event.key.startsWith("Arrow")) return;
      this.pad.show(null);
      this.example = false;
    };
    place.addEventListener("pointerdown", begin, true);
    place.addEventListener("keydown", begin, true);
  }

  async update(data) {
    const [network, classifier] = await Promise.all([openNetwork(data.network), openNetwork(data.classifier)]);
    if (network === this.network) return;
    Object.assign(this, { network, classifier });
    const examples = Float32Array.from(fromBase64(data.examples, Uint8Array), (byte) => byte / 255);
    this.examples = splitImages(examples, DIGIT_SHAPE);
    this.bars.replaceChildren();
    this.units = new DiagramUnits(this.bars, { active: data.active, ranges: data.ranges });
    const place = () => {
      const width = this.bars.clientWidth;
      if (width) this.units.place(data.active.length, { x: width / 2, width: 0 }, width, TOUR_UNIT);
    };
    this.resized?.disconnect();
    this.resized = new ResizeObserver(place);
    this.resized.observe(this.bars);
    place();
    this.showExample();
  }

  showExample() {
    this.shown = (this.shown + 1) % this.examples.length;
    this.example = true;
    this.pad.show(this.examples[this.shown]);
    this.draw(this.examples[this.shown]);
  }

  drawn(pixels) {
    this.example = false;
    this.draw(pixels);
  }

  async compute(pixels) {
    if (!this.network) return;
    this.pixels = pixels;
    if (!pixels) {
      this.units.setValues(null);
      this.words.textContent = "";
      paintImage(this.output, new Float32Array(imageSize(DIGIT_SHAPE)));
      return;
    }
    const code = await this.network.run("encode", pixels);
    const reconstructed = await this.network.run("decode", code);
    if (this.pixels !== pixels) return;
    this.units.setValues(code);
    paintImage(this.output, reconstructed);
    const words = `Classified as ${classLabel(await this.classifier.run("classify", reconstructed))}`;
    if (this.pixels === pixels) this.words.textContent = words;
  }

  destroy() {
    this.resized?.disconnect();
    this.pad.destroy();
  }
}

export default function ({ data, parentElement }) {
  parentElement.tourUnits ??= new TourUnits(parentElement);
  parentElement.tourUnits.update(data);
  return () => {
    parentElement.tourUnits?.destroy();
    parentElement.tourUnits = null;
  };
}
