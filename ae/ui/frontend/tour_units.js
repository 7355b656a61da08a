// A pad and, for each of some networks, a large bar for each latent unit and the reconstruction, live: inactive units
// stay at 0, whatever is drawn. Data: { networks: [{ name, network, active, ranges }], classifier, examples, chosen, why }; chosen: of the first example.

import { classifiedAs } from "./classifying.js";
import { DiagramUnits } from "./diagram_units.js";
import { DIGIT_SHAPE, fromBase64, oncePerFrame } from "./digit.js";
import { DrawingPad } from "./drawing.js";
import { make, setText } from "./elements.js";
import { imageCanvas, imageSize, paintImage, splitImages } from "./images.js";
import { openNetwork } from "./network.js";

const TOUR_UNIT = 92; // the largest width of a bar, in pixels

// A network: its name above its bars and its output.
class TourNetwork {
  constructor(root, { name, network, active, ranges }) {
    Object.assign(this, { name, reference: network });
    this.root = make(root, "section", "tour-network");
    make(this.root, "p", "tour-called", name);
    this.bars = make(this.root, "div", "tour-bars");
    const output = make(this.root, "div", "tour-output");
    this.output = output.appendChild(imageCanvas("The reconstruction"));
    this.error = make(output, "p", "tour-error");
    this.words = make(output, "p", "tour-class");
    this.units = new DiagramUnits(this.bars, { active, ranges, zero: true });
    this.resized = new ResizeObserver(([{ contentRect: { width } }]) => {
      if (width) this.units.place(active.length, { x: width / 2, width: 0 }, width, TOUR_UNIT);
    });
    this.resized.observe(this.bars);
  }

  // seen: returns a promise of the digit that the image itself is classified as.
  async show(pixels, classifier, seen) {
    this.pixels = pixels;
    if (!pixels) {
      this.units.setValues(null);
      for (const words of [this.error, this.words]) setText(words, "");
      paintImage(this.output, new Float32Array(imageSize(DIGIT_SHAPE)));
      return;
    }
    const code = await this.network.run("encode", pixels);
    const reconstructed = await this.network.run("decode", code);
    if (this.pixels !== pixels) return;
    this.units.setValues(code);
    paintImage(this.output, reconstructed);
    const error = `Error ${tourError(pixels, reconstructed).toFixed(4)}`;
    setText(this.error, error);
    const found = classifiedAs(await classifier.run("classify", reconstructed));
    if (this.pixels !== pixels) return;
    const digit = await seen();
    if (this.pixels !== pixels) return;
    const words = `Classified as ${found.digit}`;
    setText(this.words, words);
    this.words.classList.toggle("wrong", found.digit !== digit);
    this.output.setAttribute("aria-label", `The reconstruction. ${this.name}. ${error}. ${words}`);
  }
}

// The mean squared error per pixel.
function tourError(pixels, reconstructed) {
  return pixels.reduce((sum, value, at) => sum + (value - reconstructed[at]) ** 2, 0) / pixels.length;
}

class TourUnits {
  constructor(host) {
    const part = (name) => host.querySelector(`.tour-${name}`);
    this.place = part("networks");
    this.seen = part("seen");
    this.why = part("why");
    this.networks = [];
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
    setText(this.why, data.why);
    this.next.title = data.chosen;
    const ids = data.networks.map(({ network, name }) => [network.id, name]).join();
    if (ids === this.ids) return;
    this.ids = ids;
    this.destroyNetworks();
    this.networks = data.networks.map((each) => new TourNetwork(this.place, each));
    const examples = Float32Array.from(fromBase64(data.examples, Uint8Array), (byte) => byte / 255);
    this.examples = splitImages(examples, DIGIT_SHAPE);
    this.classifier = await openNetwork(data.classifier);
    for (const each of this.networks) each.network = await openNetwork(each.reference);
    if (ids === this.ids) this.showExample();
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
    this.pixels = pixels;
    if (!pixels) setText(this.seen, "The image");
    let digit = null; // computed once, after the first picture
    const seen = async () => {
      digit ??= classifiedAs(await this.classifier.run("classify", pixels)).digit;
      if (this.pixels === pixels) setText(this.seen, `The image is classified as ${digit}`);
      return digit;
    };
    for (const each of this.networks) if (each.network) await each.show(pixels, this.classifier, seen);
  }

  destroyNetworks() {
    for (const { resized } of this.networks) resized.disconnect();
    this.place.replaceChildren();
  }

  destroy() {
    this.destroyNetworks();
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
