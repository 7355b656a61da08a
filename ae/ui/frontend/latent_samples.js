// Samples in a grid that is a map itself: between two samples the pointer mixes their codes, and the decoded mix is shown
// large, with its place on the map of the latent space. A drag from one sample to another shows the digits on the line
// between their codes.

import { Classifying } from "./classifying.js";
import { atOnce, fromBase64 } from "./digit.js";
import { DigitStrip, STRIP_MOST } from "./digit_strip.js";
import { paintImage, splitImages } from "./images.js";
import { openNetwork } from "./network.js";
import { gridMix, SampleGrid } from "./sample_grid.js";
import { Scatter, scatterLegend } from "./scatter.js";

const SAMPLES_SPEAK_AFTER = 500; // milliseconds without a move
const SAMPLES_HINT = "Drag from one sample to another: the images between them appear here.";

class LatentSamples {
  constructor(parent) {
    this.parent = parent;
    const part = (name) => parent.querySelector(`.${name}`);
    this.root = part("latent-samples");
    this.large = part("large");
    this.grid = new SampleGrid(part("grid"));
    this.scatter = new Scatter(part("scatter"), { axes: ["", ""] });
    const speak = (words) => (part("spoken").textContent = words);
    const cleared = () => {
      this.scatter.setPath(null);
      this.grid.markEnds();
      part("along").textContent = "";
    };
    this.strip = new DigitStrip(part("path"), { beside: part("below"), hint: SAMPLES_HINT, speak, cleared });
    this.words = {};
    this.classifying = new Classifying((classified) => this.say({ classified }));
    this.speak = speak;
    const draw = atOnce((code, where, time) => this.show(code, where, time));
    this.grid.onMove = ({ place, time }) => {
      const { parts, nearest } = gridMix(place, this.grid.columns, this.grid.count);
      const exact = parts.length === 1;
      draw(this.mixed(parts), exact ? `sample ${nearest + 1}` : `between samples, nearest ${nearest + 1}`, time);
    };
    this.grid.onDrag = (from, to) => this.between(from, to);
    this.scatter.onMove = ({ x, y, time }) => draw(this.onPlane(x, y), "on the map", time);
  }

  async update({ data, setTriggerValue }) {
    const changed = this.data?.space !== data.space;
    this.data = data;
    if (changed) this.reset(data);
    const ask = (request) => setTriggerValue("ask", request);
    const network = await openNetwork(data.network, { host: this.parent, ask, answer: data.answer });
    const classifier = data.classifier ? await openNetwork(data.classifier) : null;
    if (this.data !== data || !changed) return;
    this.network = network;
    this.classifying.network = this.strip.classifier = classifier;
    const decoded = await network.run("decode", this.codes);
    if (this.data.space !== data.space) return;
    this.grid.fill(splitImages(decoded, data.shape), data.columns, data.unsure);
    this.root.dataset.ready = data.space;
    this.show(this.code(0), "sample 1");
    this.between(0, this.farthest(Math.min(data.columns, this.grid.count))); // an example
  }

  reset(data) {
    delete this.root.dataset.ready;
    this.network = null;
    this.codes = fromBase64(data.codes, Float32Array);
    this.parent.querySelector(".grid").setAttribute("aria-label", data.label);
    this.scatter.setLabel(`${data.title}. Arrow keys move over it.`);
    this.scatter.setAxes(data.axes);
    this.scatter.setArea(data.area);
    const [x, y] = [data.x, data.y].map((text) => fromBase64(text, Float32Array));
    const labels = fromBase64(data.labels, Uint8Array);
    this.scatter.setPoints({ x, y, labels, colours: data.colours, names: data.names });
    this.scatter.setPath(null);
    this.strip.clear();
    scatterLegend(this.parent.querySelector(".scatter-legend"), data.names, data.colours);
  }

  code(index) {
    const size = this.data.plane.origin.length;
    return this.codes.subarray(index * size, (index + 1) * size);
  }

  // The one among the first samples whose code is farthest from that of the first.
  farthest(count) {
    const first = this.code(0);
    const apart = Array.from({ length: count }, (_, index) => this.code(index).reduce((sum, value, i) => sum + (value - first[i]) ** 2, 0));
    return apart.indexOf(Math.max(...apart));
  }

  // parts: [index, weight] of samples.
  mixed(parts) {
    const code = new Float32Array(this.data.plane.origin.length);
    for (const [index, weight] of parts) this.code(index).forEach((value, i) => (code[i] += weight * value));
    return code;
  }

  onPlane(x, y) {
    const { origin, axes } = this.data.plane;
    return Float32Array.from(origin, (value, i) => value + x * axes[0][i] + y * axes[1][i]);
  }

  toPlane(code) {
    const { origin, axes } = this.data.plane;
    return axes.map((axis) => axis.reduce((sum, value, i) => sum + value * (code[i] - origin[i]), 0));
  }

  async show(code, where, time) {
    if (!this.network) return;
    const pixels = await this.network.run("decode", code);
    paintImage(this.large, pixels);
    this.scatter.setMark(this.toPlane(code));
    this.say({ where });
    if (time) this.root.dispatchEvent(new CustomEvent("painted", { bubbles: true, composed: true, detail: { time } }));
    this.classifying.next(pixels);
    clearTimeout(this.resting);
    if (time) this.resting = setTimeout(() => this.speak(Object.values(this.words).join(", ")), SAMPLES_SPEAK_AFTER);
  }

  say(words) {
    Object.assign(this.words, words);
    this.parent.querySelector(".words").textContent = Object.values(this.words).join("\n");
  }

  async between(from, to) {
    const shares = Array.from({ length: STRIP_MOST }, (_, i) => i / (STRIP_MOST - 1));
    const codes = shares.map((share) => this.mixed([[from, 1 - share], [to, share]])); // prettier-ignore
    const places = codes.map((code) => this.toPlane(code));
    this.scatter.setPath(places, places);
    this.grid.markEnds(from, to);
    this.parent.querySelector(".along").textContent = `From sample ${from + 1} to sample ${to + 1}`;
    const size = codes[0].length;
    const all = new Float32Array(codes.length * size);
    codes.forEach((code, i) => all.set(code, i * size));
    const decoded = await this.network.run("decode", all);
    await this.strip.showClassified(splitImages(decoded, this.data.shape));
  }

  destroy() {
    this.classifying.stop();
    clearTimeout(this.resting);
    this.scatter.destroy();
  }
}

export default function (component) {
  const { parentElement } = component;
  parentElement.latentSamples ??= new LatentSamples(parentElement);
  parentElement.latentSamples.update(component);
  return () => {
    parentElement.latentSamples?.destroy();
    parentElement.latentSamples = null;
  };
}
