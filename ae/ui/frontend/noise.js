// Adds noise to images in the page, bit for bit as ae/data/noise.py does with the same random numbers.

const NOISE_SIDE = 28;
const NOISE_PIXELS = NOISE_SIDE * NOISE_SIDE;

const noiseAdd = (pixels, random, strength) => {
  const scale = Math.fround(strength);
  return pixels.map((pixel, i) => pixel + Math.fround(scale * random[i]));
};

const noiseSaltAndPepper = (pixels, random, strength) => {
  const [pepper, salt] = [Math.fround(strength / 2), Math.fround(1 - strength / 2)];
  return pixels.map((pixel, i) => (random[i] < pepper ? 0 : random[i] > salt ? 1 : pixel));
};

const noiseBlock = (pixels, random, strength) => {
  const side = Math.round(Math.sqrt(strength) * NOISE_SIDE);
  const [top, left] = Array.from(random, (number) => Math.floor(Math.fround(number * (NOISE_SIDE - side + 1))));
  const out = pixels.slice();
  for (let row = top; row < top + side; row++) out.fill(0, row * NOISE_SIDE + left, row * NOISE_SIDE + left + side);
  return out;
};

const NOISE_KINDS = {
  gaussian: noiseAdd,
  uniform: noiseAdd,
  "salt-and-pepper": noiseSaltAndPepper,
  block: noiseBlock,
};

// Return noisy images, or null for a kind that only the server knows.
//   kind, strength, clip: as in ae.data.noise.add
//   images: Float32Array of 784 pixels each
//   random: Float32Array, the numbers of ae.data.noise.drawn
export function addNoise(kind, images, random, strength, clip) {
  const add = NOISE_KINDS[kind];
  if (!add || !random) return null;
  const count = images.length / NOISE_PIXELS;
  const each = random.length / count;
  const noisy = new Float32Array(images.length);
  for (let n = 0; n < count; n++) {
    const pixels = images.subarray(n * NOISE_PIXELS, (n + 1) * NOISE_PIXELS);
    noisy.set(add(pixels, random.subarray(n * each, (n + 1) * each), strength), n * NOISE_PIXELS);
  }
  return clip ? noisy.map((pixel) => Math.min(1, Math.max(0, pixel))) : noisy;
}
