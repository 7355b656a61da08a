// The digit classifier's word on a digit that changes with the pointer: not at every frame, since it takes longer than
// a frame may, but as soon as the digit rests, and a few times a second while it moves.

import { classLabel, softmax } from "./digit.js";

const CLASSIFYING_REST = 60; // milliseconds
const CLASSIFYING_EVERY = 250;

// The digit of 10 logits, its probability, and both in words: "classified as 7 (98%)".
export function classifiedAs(logits) {
  const shares = softmax(logits);
  const share = Math.max(...shares);
  const digit = shares.indexOf(share);
  return { digit, share, words: `classified as ${classLabel(logits)}` };
}

// Return words as they begin a caption.
export function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export class Classifying {
  // say: called with the words; network: the digit classifier, or null for none.
  constructor(say) {
    this.say = say;
    this.network = null;
    this.last = 0;
  }

  next(pixels) {
    clearTimeout(this.timer);
    if (!this.network) return;
    const since = performance.now() - this.last;
    const rest = Math.max(0, Math.min(CLASSIFYING_REST, CLASSIFYING_EVERY - since));
    this.timer = setTimeout(async () => {
      this.last = performance.now();
      this.say(classifiedAs(await this.network.run("classify", pixels)).words);
    }, rest);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
