// Samples in a grid that is a map itself: between two samples the pointer mixes their codes, and the decoded mix is shown
// with its place on the map of the latent space, which has a ring at each sample's code. A drag from one sample to another,
// or a tap on each, shows the digits on the line between their codes.

import { capital, Classifying, classKey, UNRECOGNISED } from "./classifying.js";
import { atOnce, fromBase64 } from "./digit.js";
import { DigitStrip } from "./digit_strip.js";
import { paintImage, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { gridMix, SampleGrid } from "./sample_grid.js";
import { Scatter, scatterLegend } from "./scatter.js";

const SAMPLES_SPEAK_AFTER = 500; // milliseconds without a move
const SAMPLES_ALONG = 8; // images along a path
const SAMPLES_NEAR = 10; // samples, of which the example goes to the one that is farthest from the first
const SAMPLES_REACH = 8; // pixels within which a ring is pointed at
const SAMPLES_ENDS = ["A", "B"];
const SAMPLES_HINT = "Tap one sample, then another: the images between them appear here.";
const SAMPLES_NEXT = "Now tap the other end, B.";

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
      this.forget();
      this.grid.markEnds();
    };
    this.strip = new DigitStrip(part("path"), { beside: part("beside"), hint: SAMPLES_HINT, speak, cleared });
    this.words = {};
    this.classifying = new Classifying((classified) => this.say({ classified }));
    this.speak = speak;
    const draw = atOnce((code, where, time) => this.show(code, where, time));
    this.grid.onMove = ({ place, time }) => {
      const { parts, nearest } = gridMix(place, this.grid.columns, this.grid.count);
      const exact = parts.length === 1;
      draw(this.mixed(parts), exact ? `Sample ${nearest + 1}` : `Between samples, nearest ${nearest + 1}`, time);
    };
    this.grid.onPath = (from, to) => this.between(from, to);
    this.grid.onFirst = () => {
      this.forget();
      this.strip.clear(SAMPLES_NEXT);
      speak(SAMPLES_NEXT);
    };
    this.scatter.onNames = (named) => this.legend(named);
    this.scatter.onMove = ({ x, y, time }) => {
      const index = this.ringAt([x, y]);
      this.grid.markNear(index);
      if (index < 0) draw(this.onPlane(x, y), "On the map", time);
      else draw(this.code(index), `Sample ${index + 1}`, time);
    };
  }

  async update({ data, setTriggerValue }) {
    const changed = this.data?.space !== data.space;
    this.data = data;
    if (changed) this.reset(data);
    const ask = (request) => setTriggerValue("ask", request);
    const network = await openNetwork(data.network, { host: this.parent, ask, answer: data.answer });
    const classifier = data.classifier ? await openNetwork(data.classifier) : null;
    if (this.data !== data || this.network) return; // a later call goes on, or these samples are shown already
    this.network = network;
    this.classifying.network = this.strip.classifier = classifier;
    const decoded = await network.run("decode", this.codes);
    if (this.data.space !== data.space) return;
    this.grid.fill(splitImages(decoded, data.shape), data.columns, data.unsure);
    this.root.dataset.ready = data.space;
    this.between(0, this.farthest(Math.min(SAMPLES_NEAR, this.grid.count))); // an example
  }

  // Names the classes that have no name among their points.
  legend(named) {
    const { names, colours } = this.data;
    scatterLegend(this.parent.querySelector(".scatter-legend"), names, colours, new Set(named));
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
    const count = this.codes.length / data.plane.origin.length;
    this.scatter.rings = Array.from({ length: count }, (_, index) => this.toPlane(this.code(index)));
    this.scatter.setPoints({ x, y, labels, colours: data.colours, names: data.names });
    this.scatter.setMark(null);
    this.large.hidden = true;
    this.words = {};
    this.say({});
    this.forget();
    this.strip.clear();
  }

  // Without a path.
  forget() {
    this.ends = null;
    this.scatter.setPath(null);
    this.scatter.setHandles([]);
    for (const name of ["along", "key"]) this.parent.querySelector(`.${name}`).textContent = "";
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

  // The sample whose ring is at a place on the map, or -1.
  ringAt(place) {
    const [x, y] = this.scatter.toPixels(...place);
    const apart = this.scatter.rings.map((ring) => {
      const [left, top] = this.scatter.toPixels(...ring);
      return Math.hypot(left - x, top - y);
    });
    const least = Math.min(...apart);
    return least <= SAMPLES_REACH ? apart.indexOf(least) : -1;
  }

  async show(code, where, time) {
    if (!this.network) return;
    const pixels = await this.network.run("decode", code);
    paintImage(this.large, pixels);
    this.large.hidden = false;
    this.scatter.setMark(this.toPlane(code));
    this.say({ where });
    this.root.dispatchEvent(new CustomEvent("painted", { bubbles: true, composed: true, detail: { time } }));
    this.classifying.next(pixels);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.speak(Object.values(this.words).join(", ")), SAMPLES_SPEAK_AFTER);
  }

  // The page shows the class; a screen reader says where the pointer is, too.
  say(words) {
    Object.assign(this.words, words);
    this.parent.querySelector(".words").textContent = capital(this.words.classified ?? "");
  }

  async between(from, to) {
    this.ends = [from, to];
    const shares = Array.from({ length: SAMPLES_ALONG }, (_, i) => i / (SAMPLES_ALONG - 1));
    const codes = shares.map((share) => this.mixed([[from, 1 - share], [to, share]])); // prettier-ignore
    const places = codes.map((code) => this.toPlane(code));
    this.scatter.setPath(places, places);
    this.scatter.setHandles([places[0], places.at(-1)], SAMPLES_ENDS);
    this.grid.markEnds(from, to);
    const along = this.parent.querySelector(".along");
    along.textContent = "From A to B";
    const size = codes[0].length;
    const all = new Float32Array(codes.length * size);
    codes.forEach((code, i) => all.set(code, i * size));
    const decoded = await this.network.run("decode", all);
    const classes = await this.strip.showClassified(splitImages(decoded, this.data.shape), SAMPLES_ENDS);
    if (!classes?.found.length) return;
    const { found, marks } = classes;
    this.parent.querySelector(".key").textContent = classKey(marks, this.data.marks);
    if (marks[0] !== UNRECOGNISED && marks.at(-1) !== UNRECOGNISED) along.textContent = `From the ${found[0]} to the ${found.at(-1)}`;
  }

  destroy() {
    this.classifying.stop();
    clearTimeout(this.resting);
    this.scatter.destroy();
  }
}

export default mounted((component) => {
  const { parentElement } = component;
  parentElement.latentSamples ??= new LatentSamples(parentElement);
  parentElement.latentSamples.update(component);
  return () => {
    parentElement.latentSamples?.destroy();
    parentElement.latentSamples = null;
  };
});
