// The denoising filters of ae/analysis/filters.py, in the page. Beyond an image's edge, its outermost pixels repeat.

import { splitImages } from "./images.js";

const FILTER_RADIUS = 3; // of the blur, three standard deviations of one pixel

const filterInside = (place, side) => Math.max(0, Math.min(side - 1, place));

const filterMedian = (pixels, side) => {
  const around = new Float32Array(9);
  const out = new Float32Array(pixels.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let n = 0; n < 9; n++) {
        const row = filterInside(y + Math.floor(n / 3) - 1, side);
        around[n] = pixels[row * side + filterInside(x + (n % 3) - 1, side)];
      }
      out[y * side + x] = around.sort()[4];
    }
  }
  return out;
};

const filterWeights = () => {
  const weights = Array.from({ length: 2 * FILTER_RADIUS + 1 }, (_, i) => Math.exp(-((i - FILTER_RADIUS) ** 2) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

const filterBlur = (pixels, side) => {
  const weights = filterWeights();
  const along = (values, at) => {
    const out = new Float32Array(values.length);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        let sum = 0;
        for (let k = -FILTER_RADIUS; k <= FILTER_RADIUS; k++) sum += weights[k + FILTER_RADIUS] * values[at(y, x, k)];
        out[y * side + x] = sum;
      }
    }
    return out;
  };
  const down = along(pixels, (y, x, k) => filterInside(y + k, side) * side + x);
  return along(down, (y, x, k) => y * side + filterInside(x + k, side));
};

// Filters of one channel of an image by their names in ae.analysis.denoise.FILTERS.
const FILTERS_HERE = { "Median 3 × 3": filterMedian, "Gaussian blur": filterBlur };

// Filter images of a shape, in a Float32Array one after the other, each channel by itself; null if only the server knows
// the filter.
export function filterImages(name, images, [, side]) {
  const filter = FILTERS_HERE[name];
  if (!filter) return null;
  const out = new Float32Array(images.length);
  splitImages(images, [1, side, side]).forEach((channel, n) => out.set(filter(channel, side), n * channel.length));
  return out;
}
