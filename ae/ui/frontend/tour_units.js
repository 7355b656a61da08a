// A pad, a large bar for each number of a network's code, and the reconstruction of each of some networks, live: inactive
// units stay at 0, whatever is drawn.
// Data: { networks: [{ name, network }], head, active, range, classifier, examples, chosen }; the bars are those of the first
// network, range is [low, high] of all of them, and chosen says why the first example is first.

import { classifiedAs } from "./classifying.js";
import { curveNumber, curveTicks } from "./curve_scale.js";
import { DiagramUnits } from "./diagram_units.js";
import { DIGIT_SHAPE, fromBase64, oncePerFrame } from "./digit.js";
import { DrawingPad } from "./drawing.js";
import { make, setText } from "./elements.js";
import { imageCanvas, imageSize, paintImage, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";

const TOUR_UNIT = 92; // the largest width of a bar, in pixels
const TOUR_TICKS = 3; // on the scale of the bars, about

// The bars of a code, with their scale on the left.
class TourBars {
  constructor(root) {
    this.root = root;
    this.resized = new ResizeObserver(() => this.place());
    this.resized.observe(root);
  }

  show({ active, range: [low, high] }) {
    this.count = active.length;
    this.root.replaceChildren();
    const scale = make(this.root, "div", "tour-scale");
    for (const tick of curveTicks(low, high, { count: TOUR_TICKS })) {
      make(scale, "small", "", curveNumber(tick).replace("-", "−")).style.bottom = `${(100 * (tick - low)) / (high - low)}%`;
    }
    const bars = make(this.root, "div", "tour-row");
    this.units = new DiagramUnits(bars, { active, ranges: active.map(() => [low, high]), zero: true });
    this.row = bars;
    this.place();
  }

  place() {
    const width = this.row?.clientWidth;
    if (width) this.units.place(this.count, { x: 0, width: 0 }, width, TOUR_UNIT);
  }

  destroy() {
    this.resized.disconnect();
  }
}

// The reconstruction of a network, below its name.
class TourNetwork {
  constructor(root, { name, network }) {
    Object.assign(this, { name, reference: network });
    const output = make(root, "section", "tour-output");
    make(output, "p", "tour-called", name);
    this.output = output.appendChild(imageCanvas("The reconstruction"));
    this.error = make(output, "p", "tour-error");
    this.words = make(output, "p", "tour-class");
  }

  // bars: of the code, for the first network. seen: returns a promise of the digit that the image itself is classified as.
  async show(pixels, bars, classifier, seen) {
    this.pixels = pixels;
    if (!pixels) {
      bars?.units.setValues(null);
      for (const words of [this.error, this.words]) setText(words, "");
      paintImage(this.output, new Float32Array(imageSize(DIGIT_SHAPE)));
      return;
    }
    const code = await this.network.run("encode", pixels);
    const reconstructed = await this.network.run("decode", code);
    if (this.pixels !== pixels) return;
    bars?.units.setValues(code);
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
    this.result = part("result");
    this.head = part("code").querySelector("p");
    this.bars = new TourBars(part("bars"));
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
    setText(this.head, data.head);
    this.next.title = data.chosen;
    const ids = data.networks.map(({ network, name }) => [network.id, name]).join();
    if (ids === this.ids) return;
    this.ids = ids;
    this.bars.show(data);
    this.place.replaceChildren();
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
    if (!pixels) setText(this.result, "");
    const what = this.example ? "This example" : "Your drawing";
    let digit = null; // computed once, after the first picture
    const seen = async () => {
      digit ??= classifiedAs(await this.classifier.run("classify", pixels)).digit;
      if (this.pixels === pixels) setText(this.result, `${what} is classified as ${digit}`);
      return digit;
    };
    for (const [at, each] of this.networks.entries()) {
      if (each.network) await each.show(pixels, at ? null : this.bars, this.classifier, seen);
    }
  }

  destroy() {
    this.bars.destroy();
    this.pad.destroy();
  }
}

export default mounted(({ data, parentElement }) => {
  parentElement.tourUnits ??= new TourUnits(parentElement);
  parentElement.tourUnits.update(data);
  return () => {
    parentElement.tourUnits?.destroy();
    parentElement.tourUnits = null;
  };
});
