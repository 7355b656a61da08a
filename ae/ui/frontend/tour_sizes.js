// The same digits as networks with bottlenecks of several sizes reconstruct them: a slider with a stop for each size fades
// from one to the next. Below the digits are the errors of all sizes, as bars.
// Data: { originals, labels, sizes: [{ name, error, recognised, images }] }; the images are bytes, recognised may be null.

import { DIGIT_SHAPE, fromBase64, reducedMotion } from "./digit.js";
import { make, setText } from "./elements.js";
import { imageCanvas, paintImage, paintSigned, signedLegend, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { markSpare, setCount } from "./tour_rows.js";

const SIZES_FADE = 350; // milliseconds from one size to another

// A slider with a stop for each size, named below the track.
class SizesSlider {
  constructor(root, onMove) {
    this.range = make(root, "input", "slider");
    Object.assign(this.range, { type: "range", min: 0, step: 1 });
    this.range.setAttribute("aria-label", "Bottleneck size");
    this.range.oninput = () => onMove(Number(this.range.value));
    this.stops = make(root, "div", "sizes-stops");
  }

  setSizes(sizes) {
    const last = sizes.length - 1;
    this.range.max = last;
    this.stops.replaceChildren();
    for (const [at, { name }] of sizes.entries()) {
      const stop = make(this.stops, "div");
      stop.style.setProperty("--at", at / last);
      make(stop, "i");
      make(stop, "span", "", name);
    }
  }

  show(at, words) {
    this.range.value = at;
    this.range.style.setProperty("--share", `${(100 * at) / this.range.max}%`);
    this.range.setAttribute("aria-valuetext", words);
    [...this.stops.children].forEach((stop, i) => {
      stop.classList.toggle("here", i === at);
      stop.classList.toggle("past", i < at);
    });
  }
}

// The error of each size as a bar, with its value and the share of test images that are recognised.
class SizesChart {
  constructor(root) {
    this.root = root;
  }

  setSizes(sizes) {
    const most = Math.max(...sizes.map(({ error }) => error));
    this.root.replaceChildren();
    const head = make(this.root, "div", "sizes-entry");
    make(head, "span");
    const words = make(head, "span", "sizes-bar");
    make(words, "span", "", "Error over all test images");
    if (sizes.some(({ recognised }) => recognised !== null)) make(words, "em", "", "Recognised");
    this.entries = sizes.map(({ name, error, recognised }) => {
      const entry = make(this.root, "div", "sizes-entry");
      make(entry, "span", "", name);
      const bar = make(entry, "span", "sizes-bar");
      make(bar, "i").style.setProperty("--part", error / most);
      make(bar, "b", "", sizesError(error));
      if (recognised !== null) make(bar, "em", "", sizesShare(recognised));
      return entry;
    });
  }

  show(at) {
    this.entries.forEach((entry, i) => entry.classList.toggle("here", i === at));
  }
}

function sizesError(error) {
  return error.toFixed(4);
}

function sizesShare(share) {
  return `${Math.round(100 * share)}%`;
}

class TourSizes {
  constructor(host) {
    const part = (name) => host.querySelector(`.sizes-${name}`);
    this.rows = ["originals", "made", "errors"].map(part);
    this.name = part("name");
    this.slider = new SizesSlider(part("slider"), (at) => this.move(at));
    this.chart = new SizesChart(part("chart"));
    part("legend").append(signedLegend());
  }

  update(data) {
    if (JSON.stringify(data) === this.seen) return;
    this.seen = JSON.stringify(data);
    this.sizes = data.sizes;
    this.labels = data.labels;
    this.originals = sizesImages(data.originals);
    this.made = data.sizes.map(({ images }) => sizesImages(images));
    setCount(this.rows[0].parentElement, data.labels.length);
    this.canvases = this.rows.map((row) => {
      const made = data.labels.map(() => imageCanvas(""));
      made.forEach(markSpare);
      row.replaceChildren(...made);
      return made;
    });
    this.canvases[0].forEach((canvas, i) => {
      canvas.setAttribute("aria-label", `Original ${this.labels[i]}`);
      paintImage(canvas, this.originals[i]);
    });
    this.slider.setSizes(this.sizes);
    this.chart.setSizes(this.sizes);
    this.say(0);
    this.paint(0);
  }

  // Go to a size: its words at once, its images by a fade.
  move(at) {
    this.say(at);
    cancelAnimationFrame(this.frame);
    if (reducedMotion()) return this.paint(at);
    const [from, begun] = [this.position, performance.now()];
    const step = (now) => {
      const part = Math.min(1, Math.max(0, now - begun) / SIZES_FADE);
      this.paint(from + (at - from) * part);
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  say(at) {
    const { name, error, recognised } = this.sizes[at];
    const share = recognised === null ? "" : `, ${sizesShare(recognised)} recognised`;
    this.slider.show(at, `${name}: error ${sizesError(error)}${share}`);
    this.chart.show(at);
    setText(this.name, `from ${name}`);
    for (const [row, what] of [[1, "reconstructed"], [2, "error"]]) {
      this.canvases[row].forEach((canvas, i) => canvas.setAttribute("aria-label", `${this.labels[i]}, ${what} from ${name}`));
    }
  }

  // Between two sizes, their images are blended.
  paint(position) {
    this.position = position;
    const [before, after] = [Math.floor(position), Math.ceil(position)].map((size) => this.made[size]);
    const share = position % 1;
    const [, made, errors] = this.canvases;
    this.originals.forEach((original, i) => {
      const blend = before[i].map((value, pixel) => value + share * (after[i][pixel] - value));
      paintImage(made[i], blend);
      paintSigned(errors[i], blend.map((value, pixel) => value - original[pixel]));
    });
  }

  destroy() {
    cancelAnimationFrame(this.frame);
  }
}

function sizesImages(text) {
  return splitImages(Float32Array.from(fromBase64(text, Uint8Array), (byte) => byte / 255), DIGIT_SHAPE);
}

export default mounted(({ data, parentElement }) => {
  parentElement.tourSizes ??= new TourSizes(parentElement);
  parentElement.tourSizes.update(data);
  return () => {
    parentElement.tourSizes?.destroy();
    parentElement.tourSizes = null;
  };
});
