// What the components share: the words of the digit classifier, motion, frames, and numbers in base64.

// The shape of the digits that the pad makes and that the digit classifier reads: [channels, side, side].
export const DIGIT_SHAPE = [1, 28, 28];

// Return probabilities for logits.
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

// Return "7 (98%)" for the classifier's logits, as ae.analysis.digit_classifier.labels_with_confidence does.
export function classLabel(logits) {
  const shares = softmax(logits);
  const digit = shares.indexOf(Math.max(...shares));
  return `${digit} (${Math.round(100 * shares[digit])}%)`;
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
