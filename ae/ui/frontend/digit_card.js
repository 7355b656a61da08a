// A card at the pointer with the digit that is decoded there. Needs the styles "digit" and "digit_card".

import { imageCanvas, paintImage } from "./images.js";

const CARD_AWAY = 16; // pixels from the pointer
const CARD_HEIGHT = 164; // about

export class DigitCard {
  // root: a positioned element, in which the card moves.
  constructor(root) {
    this.root = root;
    this.card = document.createElement("div");
    this.card.className = "digit-card";
    this.card.hidden = true;
    this.card.setAttribute("aria-hidden", "true"); // DigitSpeech says it
    [this.large, this.beside] = ["large", "beside"].map((name) => {
      const part = document.createElement("div");
      part.className = name;
      const words = document.createElement("div");
      words.className = "words";
      part.append(imageCanvas(""), words);
      this.card.append(part);
      return part;
    });
    root.append(this.card);
  }

  // Move to a place on the screen, which it does not cover, whatever part of the root that is.
  moveTo(clientX, clientY) {
    const box = this.root.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    const left = x > box.width / 2;
    const top = Math.max(y - CARD_HEIGHT - CARD_AWAY / 2, -40);
    this.card.classList.toggle("left", left);
    const across = left
      ? `max(0px, ${x - CARD_AWAY}px - 100%)`
      : `min(${x + CARD_AWAY}px, ${box.width}px - 100%)`;
    this.card.style.transform = `translate(${across}, ${top}px)`;
    this.card.hidden = false;
  }

  hide() {
    this.card.hidden = true;
  }

  paint(pixels) {
    paintImage(this.large.firstChild, pixels);
  }

  say(words) {
    this.large.lastChild.textContent = words;
  }

  // A smaller picture beside the large one, or none: null.
  paintBeside(pixels, words = "") {
    this.beside.hidden = !pixels;
    if (!pixels) return;
    paintImage(this.beside.firstChild, pixels);
    this.beside.lastChild.textContent = words;
  }
}
