// Small images on canvases, and what goes with them. The canvas is 28 x 28; CSS (digit.css) enlarges it with sharp edges.

const DIGIT_SIDE = 28;
const DIGIT_ERROR_LIMIT = 0.5; // the difference at full colour, as ERROR_LIMIT of ae/plots/image_grid.py
const DIGIT_DIVERGING = [
  [88, 166, 255],
  [0, 0, 0],
  [255, 98, 87],
]; // as DIVERGING of ae/plots/colours.py

const paintRgb = (canvas, rgb) => {
  if (canvas.width !== DIGIT_SIDE || canvas.height !== DIGIT_SIDE) canvas.width = canvas.height = DIGIT_SIDE;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(DIGIT_SIDE, DIGIT_SIDE);
  rgb(picture.data);
  context.putImageData(picture, 0, 0);
};

// Paint 784 values in [0, 1] in grey, black for 0.
export function paintDigit(canvas, pixels) {
  paintRgb(canvas, (bytes) => {
    for (let i = 0; i < pixels.length; i++) {
      bytes[4 * i] = bytes[4 * i + 1] = bytes[4 * i + 2] = 255 * pixels[i]; // clamped and rounded by the array
      bytes[4 * i + 3] = 255;
    }
  });
}

// Paint 784 differences: blue below zero, black at zero, red above.
export function paintSigned(canvas, difference) {
  const [low, middle, high] = DIGIT_DIVERGING;
  paintRgb(canvas, (bytes) => {
    for (let i = 0; i < difference.length; i++) {
      const share = Math.max(-1, Math.min(1, difference[i] / DIGIT_ERROR_LIMIT || 0));
      const end = share < 0 ? low : high;
      for (let c = 0; c < 3; c++) bytes[4 * i + c] = middle[c] + (end[c] - middle[c]) * Math.abs(share);
      bytes[4 * i + 3] = 255;
    }
  });
}

// Return a new canvas for one image; label is its text alternative.
export function digitCanvas(label) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = DIGIT_SIDE;
  canvas.className = "digit";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

// Return probabilities for logits.
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

// Return "7 · 98%" for the classifier's logits, as ae.analysis.digit_classifier.labels_with_confidence does.
export function classLabel(logits) {
  const shares = softmax(logits);
  const digit = shares.indexOf(Math.max(...shares));
  return `${digit} · ${Math.round(100 * shares[digit])}%`;
}

// Whether the person has asked for less motion.
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// How much larger than usual type is, as for a projector.
export function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

// Return a function that calls draw at most once a frame, with the arguments of the newest call.
export function oncePerFrame(draw) {
  let newest = null;
  return (...values) => {
    if (!newest) requestAnimationFrame(() => draw(...[newest, (newest = null)][0]));
    newest = values;
  };
}

// Return a function that calls draw at once, and again at most once a frame, with the arguments of the newest call.
export function atOnce(draw) {
  let [newest, waiting] = [null, false];
  const next = () => {
    waiting = newest !== null;
    if (!waiting) return;
    requestAnimationFrame(next);
    draw(...[newest, (newest = null)][0]);
  };
  return (...values) => {
    newest = values;
    if (!waiting) next();
  };
}

// Decode base64 into one of the typed arrays, such as Float32Array.
export function fromBase64(text, Kind) {
  return new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}
