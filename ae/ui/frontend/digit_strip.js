// A row of up to 12 decoded images with the digits that they are classified as. Needs the styles "digit" and "digit_strip".

import { classHint, classMark, classifiedAs } from "./classifying.js";
import { imageCanvas, paintImage } from "./images.js";

export const STRIP_MOST = 12; // digits

export class DigitStrip {
  classifier = null; // a network, or null
  version = 0; // changes with what is shown

  // root: for the digits; beside: an element to append the button to; hint: the words while there are no digits;
  // speak: says a sentence to a screen reader; cleared: called after the button.
  constructor(root, { beside, hint, speak, cleared }) {
    Object.assign(this, { speak, words: hint });
    root.classList.add("digit-strip");
    this.digits = document.createElement("div");
    this.digits.className = "digits";
    this.digits.setAttribute("role", "img");
    root.replaceChildren(this.digits);
    this.hint = document.createElement("div");
    this.hint.className = "hint";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "digit-strip-clear";
    this.button.textContent = "Clear path";
    this.button.onclick = () => {
      this.clear();
      cleared();
    };
    beside.append(this.button);
    this.clear();
  }

  // Without digits, only with words.
  clear(words = this.words) {
    this.version++;
    this.hint.textContent = words;
    this.digits.replaceChildren(this.hint);
    this.digits.setAttribute("aria-label", this.hint.textContent);
    this.button.disabled = true;
  }

  // Show images; ends: letters on the first and the last.
  show(images, ends = []) {
    this.version++;
    const cells = images.map((pixels) => {
      const cell = document.createElement("div");
      const canvas = imageCanvas("");
      paintImage(canvas, pixels);
      cell.append(canvas, document.createElement("span"));
      return cell;
    });
    ends.forEach((letter, i) => {
      cells.at(-i).append(Object.assign(document.createElement("b"), { textContent: letter }));
    });
    this.digits.replaceChildren(...cells);
    this.digits.setAttribute("aria-label", `${images.length} images decoded along the path`);
    this.button.disabled = false;
  }

  // Show images, then the class of each, one after the other, which leaves time for the pointer. Returns the classes and
  // what stands below the images, or null if something else is shown by then.
  async showClassified(images, ends) {
    this.show(images, ends);
    const { version } = this;
    const [found, marks] = [[], []];
    for (const [i, pixels] of this.classifier ? images.entries() : []) {
      const each = classifiedAs(await this.classifier.run("classify", pixels));
      await new Promise((resolve) => setTimeout(resolve));
      if (version !== this.version) return null;
      const word = this.digits.children[i].querySelector("span");
      word.textContent = classMark(each);
      marks.push(word.textContent);
      word.title = classHint(each);
      found.push(each.digit);
    }
    const words = `${images.length} images decoded along the path`;
    const sentence = found.length ? `${words}, classified as ${marks.join(", ")}` : words;
    this.digits.setAttribute("aria-label", sentence);
    this.speak(sentence);
    return { found, marks };
  }
}
