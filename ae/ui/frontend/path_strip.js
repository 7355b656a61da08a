// A path that is dragged on a scatter plot, and the digits along it.

import { oncePerFrame } from "./digit.js";
import { DigitStrip, STRIP_MOST } from "./digit_strip.js";

const STRIP_ENDS = ["A", "B"];
const STRIP_SPACING = 14; // pixels between the places of two digits, at least

export class PathStrip extends DigitStrip {
  decode = null; // returns (a promise of) the pixels decoded at an array of [x, y]
  quick = false; // whether it may be called while the pointer moves
  asked = 0;

  constructor(root, scatter, options) {
    super(root, { ...options, cleared: () => this.forget() });
    this.scatter = scatter;
    this.draw = oncePerFrame((points, done) => this.follow(points, done));
    this.forget();
  }

  forget() {
    this.asked++;
    this.known = new Map(); // pixels by the place along the path
    this.scatter.setPath(null);
    this.scatter.setHandles([]);
  }

  // The points of a drag so far; done: whether it has ended.
  drag(points, done) {
    if (!this.decode) return;
    if (!this.dragging) this.known = new Map();
    this.dragging = !done;
    this.draw([...points], done);
  }

  async follow(points, done) {
    const asked = ++this.asked;
    const path = new StripPath(points, this.scatter);
    const places = done ? path.even() : path.doubling();
    this.scatter.setPath(
      points,
      places.map((place) => path.at(place)),
    );
    this.scatter.setHandles(done ? [points[0], points.at(-1)] : [], STRIP_ENDS);
    if (!done && !this.quick) return;
    const missing = places.filter((place) => !this.known.has(place));
    if (missing.length) {
      const decoded = await this.decode(missing.map((place) => path.at(place)));
      const size = decoded.length / missing.length;
      missing.forEach((place, i) => this.known.set(place, decoded.subarray(i * size, (i + 1) * size)));
    }
    if (asked !== this.asked) return;
    const images = places.map((place) => this.known.get(place));
    if (done) await this.showClassified(images, STRIP_ENDS);
    else this.show(images);
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
