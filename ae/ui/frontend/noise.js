// Adds noise to images in the page, bit for bit as ae/data/noise.py does with the same random numbers.

import { imageShape, splitImages } from "./images.js";

const noiseAdd = (pixels, random, strength) => {
  const scale = Math.fround(strength);
  return pixels.map((pixel, i) => pixel + Math.fround(scale * random[i]));
};

const noiseSaltAndPepper = (pixels, random, strength) => {
  const [pepper, salt] = [Math.fround(strength / 2), Math.fround(1 - strength / 2)];
  return pixels.map((pixel, i) => (random[i] < pepper ? 0 : random[i] > salt ? 1 : pixel));
};

const noiseBlock = (pixels, random, strength) => {
  const { channels, side } = imageShape(pixels.length);
  const block = Math.round(Math.sqrt(strength) * side);
  const [top, left] = Array.from(random, (number) => Math.floor(Math.fround(number * (side - block + 1))));
  const out = pixels.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let row = channel * side + top; row < channel * side + top + block; row++) {
      out.fill(0, row * side + left, row * side + left + block);
    }
  }
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
//   images: Float32Array of images of a shape, one after the other
//   random: Float32Array, the numbers of ae.data.noise.drawn
export function addNoise(kind, images, shape, random, strength, clip) {
  const add = NOISE_KINDS[kind];
  if (!add || !random) return null;
  const all = splitImages(images, shape);
  const each = random.length / all.length;
  const noisy = new Float32Array(images.length);
  all.forEach((pixels, n) => noisy.set(add(pixels, random.subarray(n * each, (n + 1) * each), strength), n * pixels.length));
  return clip ? noisy.map((pixel) => Math.min(1, Math.max(0, pixel))) : noisy;
}

// The PSNR of an image against the clean one, in dB.
export const denoisePsnr = (clean, image) => {
  let sum = 0;
  for (let i = 0; i < clean.length; i++) sum += (clean[i] - Math.min(1, Math.max(0, image[i]))) ** 2;
  return -10 * Math.log10(Math.max(sum / clean.length, 1e-10));
};

// Values that are finite, as the server shows them.
export const denoiseFinite = (images) => images.map((pixel) => (pixel === Infinity ? 1 : Number.isFinite(pixel) ? pixel : 0));
