// A path that is dragged on a scatter plot, and the digits along it. Needs the styles "digit" and "path_strip".

import { classifiedAs } from "./classifying.js";
import { digitCanvas, oncePerFrame, paintDigit } from "./digit.js";

const STRIP_MOST = 12; // digits
const STRIP_SPACING = 14; // pixels between the places of two digits, at least

export class PathStrip {
  // root: for the digits; beside: an element to append the button to; hint: the words while there is no path;
  // speak: says a sentence to a screen reader. Later, decode returns (a promise of) the pixels of an array of [x, y];
  // quick says whether it may be called while the pointer moves; classifier is a network, or null.
  constructor(root, scatter, { beside, hint, speak }) {
    Object.assign(this, { root, scatter, speak, decode: null, quick: false, classifier: null, version: 0 });
    root.classList.add("path-strip");
    this.digits = document.createElement("div");
    this.digits.className = "digits";
    this.digits.setAttribute("role", "img");
    this.hint = document.createElement("div");
    this.hint.className = "hint";
    this.hint.textContent = hint;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "path-clear";
    this.button.textContent = "Clear path";
    this.button.onclick = () => this.clear();
    root.replaceChildren(this.digits);
    beside.append(this.button);
    this.draw = oncePerFrame((points, done) => this.follow(points, done));
    this.clear();
  }

  clear() {
    this.version++;
    this.known = new Map(); // pixels by the place along the path
    this.places = [];
    this.scatter.setPath(null);
    this.digits.replaceChildren(this.hint);
    this.digits.setAttribute("aria-label", this.hint.textContent);
    this.button.disabled = true;
  }

  // The points of a drag so far; done: whether it has ended.
  drag(points, done) {
    if (!this.decode) return;
    if (!this.dragging) this.known = new Map();
    this.dragging = !done;
    this.draw([...points], done);
  }

  async follow(points, done) {
    const version = ++this.version;
    const path = new StripPath(points, this.scatter);
    const places = done ? path.even() : path.doubling();
    this.places = places.map((place) => path.at(place));
    this.scatter.setPath(points, this.places);
    if (!done && !this.quick) return;
    const missing = places.filter((place) => !this.known.has(place));
    if (missing.length) {
      const decoded = await this.decode(missing.map((place) => path.at(place)));
      if (version !== this.version && done) return;
      const size = decoded.length / missing.length;
      missing.forEach((place, i) => this.known.set(place, decoded.subarray(i * size, (i + 1) * size)));
    }
    if (version !== this.version) return;
    const pixels = places.map((place) => this.known.get(place));
    this.show(pixels);
    if (done) await this.classify(pixels, version);
  }

  show(pixels) {
    const cells = pixels.map((each) => {
      const cell = document.createElement("div");
      const canvas = digitCanvas("");
      paintDigit(canvas, each);
      cell.append(canvas, document.createElement("span"));
      return cell;
    });
    this.digits.replaceChildren(...cells);
    this.digits.setAttribute("aria-label", `${pixels.length} digits decoded along the path`);
    this.button.disabled = false;
  }

  async classify(pixels, version) {
    const found = [];
    for (const [i, each] of this.classifier ? pixels.entries() : []) {
      const { digit, share } = classifiedAs(await this.classifier.run("classify", each));
      await new Promise((resolve) => setTimeout(resolve)); // leave time for the pointer
      if (version !== this.version) return;
      const word = this.digits.children[i].lastChild;
      word.textContent = digit;
      word.title = `${Math.round(100 * share)} %`;
      word.classList.toggle("doubtful", share < 0.5);
      found.push(digit);
    }
    const words = `${pixels.length} digits decoded along the path`;
    const sentence = found.length ? `${words}, classified as ${found.join(", ")}` : words;
    this.digits.setAttribute("aria-label", sentence);
    this.speak(sentence);
  }
}

// A path by its length in pixels.
class StripPath {
  constructor(points, scatter) {
    this.points = points;
    this.ends = [0]; // the length up to each point
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [scatter.toPixels(...points[i - 1]), scatter.toPixels(...points[i])];
      this.ends.push(this.ends[i - 1] + Math.hypot(a[0] - b[0], a[1] - b[1]));
    }
    this.length = this.ends[points.length - 1];
  }

  // Places while the path grows: whenever there would be too many, every second one stays, so that none moves.
  doubling() {
    let spacing = STRIP_SPACING;
    while (this.length / spacing >= STRIP_MOST) spacing *= 2;
    return Array.from({ length: Math.floor(this.length / spacing) + 1 }, (_, i) => i * spacing);
  }

  // Places on the whole path, at the same distance, with both ends.
  even() {
    const count = Math.max(2, Math.min(STRIP_MOST, Math.round(this.length / STRIP_SPACING) + 1));
    return Array.from({ length: count }, (_, i) => (i * this.length) / (count - 1));
  }

  at(place) {
    const next = this.ends.findIndex((end) => end >= place - 1e-9);
    if (next <= 0) return this.points[next < 0 ? this.points.length - 1 : 0];
    const [a, b] = [this.points[next - 1], this.points[next]];
    const share = (place - this.ends[next - 1]) / (this.ends[next] - this.ends[next - 1] || 1);
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  }
}
