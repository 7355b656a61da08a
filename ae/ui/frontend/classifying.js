// The digit classifier's word on a digit that changes with the pointer: not at every frame, since it takes longer than
// a frame may, but as soon as the digit rests, and a few times a second while it moves.

import { classLabel, softmax } from "./digit.js";

const CLASSIFYING_REST = 60; // milliseconds
const CLASSIFYING_EVERY = 250;
const CLASSIFYING_SURE = 0.9; // the least confidence in a digit without a question mark, as SURE in digit_classifier.py
export const UNRECOGNISED = "–"; // stands below an image that is no digit
export const RECOGNISED = 0.5; // the least confidence at which an image is a digit at all, as in digit_classifier.py

// The digit of 10 logits, its probability, and both in words: "classified as 7 (98%)", or "no digit recognised" if
// it is less probable than that.
export function classifiedAs(logits, least = 0) {
  const shares = softmax(logits);
  const share = Math.max(...shares);
  const digit = shares.indexOf(share);
  return { digit, share, words: share < least ? "no digit recognised" : `classified as ${classLabel(logits)}` };
}

// What an image is classified as and how surely; less than sure is not rounded up to it. As hint in walk_rows.py.
export function classHint({ digit, share }) {
  const shown = share < CLASSIFYING_SURE ? Math.min(share, CLASSIFYING_SURE - 0.01) : share;
  return `${digit}, ${Math.round(100 * shown)}% sure`;
}

// What stands below a small image, from what it is classified as: "7", "7?" or "–". As path_row in walk_rows.py.
export function classMark({ digit, share }) {
  return share < RECOGNISED ? UNRECOGNISED : share < CLASSIFYING_SURE ? `${digit}?` : String(digit);
}

// What the marks below some images mean, as far as they occur. meanings: of the marks. As key in walk_rows.py.
export function classKey(marks, meanings) {
  const looks = Object.entries(meanings).filter(([mark]) => marks.some((each) => each.includes(mark)));
  const said = looks.map(([mark, words]) => `${mark}: ${words}`).join("; ");
  return `Below each image: its class${said && ` (${said})`}`;
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
