// Images as the networks take and give them: squares of S x S pixels, all values of one channel, then those of the next.
// A grey image has one channel, a colour image has three: red, green and blue. Values are in [0, 1], black for 0.

const IMAGES_ERROR_LIMIT = 0.5; // the difference at full colour, as ERROR_LIMIT of ae/plots/image_grid.py
const IMAGES_DIVERGING = [
  [88, 166, 255],
  [0, 0, 0],
  [255, 98, 87],
]; // as DIVERGING of ae/plots/colours.py
const IMAGES_SMOOTH = 40; // pixels a side, from which a browser may smooth images: on small places they are shrunk

// Return { channels, side } of an image with so many values. There is one answer, as no square is three times another.
export function imageShape(count) {
  const channels = Number.isInteger(Math.sqrt(count)) ? 1 : 3;
  return { channels, side: Math.sqrt(count / channels) };
}

// Return the number of values of an image with shape [channels, side, side].
export function imageSize([channels, height, width]) {
  return channels * height * width;
}

// Return the images of a shape that follow each other in an array of numbers, as parts of it.
export function splitImages(values, shape) {
  const size = imageSize(shape);
  return Array.from({ length: values.length / size }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

// Return the gap between images in a strip, in pixels of an image.
export function imageGap(side) {
  return Math.max(1, Math.round(side / 32));
}

// Return an image as a picture for a canvas; white is the value of full brightness, such as 255 for bytes.
export function imagePicture(values, white = 1) {
  const { channels, side } = imageShape(values.length);
  const picture = new ImageData(side, side);
  const bytes = picture.data;
  const [green, blue] = channels === 3 ? [side * side, 2 * side * side] : [0, 0];
  for (let i = 0; i < side * side; i++) {
    bytes[4 * i] = (255 / white) * values[i]; // clamped and rounded by the array
    bytes[4 * i + 1] = (255 / white) * values[green + i];
    bytes[4 * i + 2] = (255 / white) * values[blue + i];
    bytes[4 * i + 3] = 255;
  }
  return picture;
}

// Let the browser smooth canvases of large images, and keep the pixels of small ones sharp.
export function sharpen(canvas, side) {
  canvas.style.imageRendering = side < IMAGES_SMOOTH ? "" : "auto";
}

// Make a canvas as large as an image, if it is not.
export function fitImage(canvas, side) {
  if (canvas.width === side && canvas.height === side) return;
  canvas.width = canvas.height = side;
  sharpen(canvas, side);
}

// Paint an image.
export function paintImage(canvas, values) {
  const picture = imagePicture(values);
  fitImage(canvas, picture.width);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// Paint a difference, as the mean of its channels: blue below zero, black at zero, red above.
export function paintSigned(canvas, difference) {
  const [low, middle, high] = IMAGES_DIVERGING;
  const { channels, side } = imageShape(difference.length);
  const picture = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    let mean = 0;
    for (let c = 0; c < channels; c++) mean += difference[c * side * side + i] / channels;
    const share = Math.max(-1, Math.min(1, mean / IMAGES_ERROR_LIMIT || 0));
    const end = share < 0 ? low : high;
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = middle[c] + (end[c] - middle[c]) * Math.abs(share);
    picture.data[4 * i + 3] = 255;
  }
  fitImage(canvas, side);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// Return the difference between what two canvases show, red, green and blue one after the other, as paintSigned takes it.
export function errorBetween(original, other) {
  const [before, after] = [original, other].map((canvas) => {
    const { width, height } = canvas;
    return canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, width, height).data;
  });
  const size = before.length / 4;
  return Float32Array.from({ length: 3 * size }, (_, i) => {
    const at = 4 * (i % size) + Math.floor(i / size);
    return (after[at] - before[at]) / 255;
  });
}

// Return a line that says what the colours of paintSigned mean.
export function signedLegend() {
  const line = document.createElement("p");
  line.className = "signed-legend";
  for (const [at, words] of [[2, "too bright"], [0, "too dark"]]) {
    const mark = document.createElement("i");
    mark.style.background = `rgb(${IMAGES_DIVERGING[at]})`;
    const entry = document.createElement("span");
    entry.append(mark, words);
    line.append(entry);
  }
  return line;
}

// Copy a square of a picture or of another canvas.
export function copyImage(canvas, source, left, top, side) {
  fitImage(canvas, side);
  canvas.getContext("2d").drawImage(source, left, top, side, side, 0, 0, side, side);
}

// Return a new canvas for one image; label is its text alternative.
export function imageCanvas(label) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  canvas.className = "digit";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}
