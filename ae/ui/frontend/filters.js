// The denoising filters of ae/analysis/filters.py, in the page. Beyond an image's edge, its outermost pixels repeat.

const FILTER_SIDE = 28;
const FILTER_RADIUS = 3; // of the blur, three standard deviations of one pixel

const filterInside = (place) => Math.max(0, Math.min(FILTER_SIDE - 1, place));

const filterMedian = (pixels) => {
  const around = new Float32Array(9);
  const out = new Float32Array(pixels.length);
  for (let y = 0; y < FILTER_SIDE; y++) {
    for (let x = 0; x < FILTER_SIDE; x++) {
      for (let n = 0; n < 9; n++) {
        const row = filterInside(y + Math.floor(n / 3) - 1);
        around[n] = pixels[row * FILTER_SIDE + filterInside(x + (n % 3) - 1)];
      }
      out[y * FILTER_SIDE + x] = around.sort()[4];
    }
  }
  return out;
};

const filterWeights = () => {
  const weights = Array.from({ length: 2 * FILTER_RADIUS + 1 }, (_, i) => Math.exp(-((i - FILTER_RADIUS) ** 2) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

const filterBlur = (pixels) => {
  const weights = filterWeights();
  const along = (values, at) => {
    const out = new Float32Array(values.length);
    for (let y = 0; y < FILTER_SIDE; y++) {
      for (let x = 0; x < FILTER_SIDE; x++) {
        let sum = 0;
        for (let k = -FILTER_RADIUS; k <= FILTER_RADIUS; k++) sum += weights[k + FILTER_RADIUS] * values[at(y, x, k)];
        out[y * FILTER_SIDE + x] = sum;
      }
    }
    return out;
  };
  const down = along(pixels, (y, x, k) => filterInside(y + k) * FILTER_SIDE + x);
  return along(down, (y, x, k) => y * FILTER_SIDE + filterInside(x + k));
};

// Filters of one image by their names in ae.analysis.denoise.FILTERS.
const FILTERS_HERE = { "Median 3 × 3": filterMedian, "Gaussian blur": filterBlur };

// Filter images, Float32Array of 784 pixels each; null if only the server knows the filter.
export function filterImages(name, images) {
  const filter = FILTERS_HERE[name];
  if (!filter) return null;
  const size = FILTER_SIDE * FILTER_SIDE;
  const out = new Float32Array(images.length);
  for (let start = 0; start < images.length; start += size) out.set(filter(images.subarray(start, start + size)), start);
  return out;
}
