// One of the images in the rows above, closer: original, reconstruction and error side by side, each with what is known
// of it below, and its latent code as bars.
// Follows whatever image is pointed at or focused, and outlines it above. Where the page can compute the network, the
// bars can be changed, and the reconstruction follows. Sends the state "image", its index, when it is clicked.

import { CodeBars } from "./bars.js";
import { fromBase64, oncePerFrame } from "./digit.js";
import { copyImage, errorBetween, imageCanvas, paintImage, paintSigned, signedLegend } from "./images.js";
import { onOffer, onPoint } from "./linked.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";

const ONE_FEW = 12; // bars that leave room for larger images

const part = (name, place, settings = {}) => place.appendChild(Object.assign(document.createElement(name), settings));

class OneImage {
  constructor(root) {
    this.root = root;
    const grid = part("div", root, { className: "one-image" });
    const left = part("div", grid);
    const pair = part("div", left, { className: "one-pair" });
    const figures = ["Original", "Reconstruction", "Error"].map((name) => {
      const figure = part("figure", pair);
      part("figcaption", figure, { textContent: name });
      return figure;
    });
    this.canvases = figures.map((figure) => part("div", figure, { className: "one-picture" }).appendChild(imageCanvas("")));
    this.missed = part("b", this.canvases[1].parentElement, { ariaHidden: true }); // the words below say it
    [this.truth, this.classified, this.error] = figures.map((figure) => part("p", figure));
    this.spoken = part("p", root, { className: "unseen", role: "status" });
    pair.append(signedLegend());
    this.code = part("div", grid);
    this.invite = part("p", this.code, { className: "one-title" });
    const canvas = part("canvas", this.code, { className: "bars" });
    const below = part("div", this.code, { className: "one-below" });
    part("p", below, { textContent: "Shaded: usual values" });
    this.back = part("button", below, { type: "button", textContent: "Reset", hidden: true });
    this.back.onclick = () => this.show(this.at);
    const change = oncePerFrame(() => this.decode());
    const onChange = (unit, value) => {
      if (!this.network) return;
      this.changed = Float32Array.from(this.bars.code);
      this.changed[unit] = value;
      this.bars.setCode(this.changed);
      change();
    };
    this.bars = new CodeBars(canvas, { onChange });
    this.outline = part("style", document.head); // stays when the rows above are shown again
    const ends = [
      onPoint((image) => this.follow(image)), // and it stays, so that the pointer can go to the bars
      onOffer((_, image) => this.follow(image) && this.send("image", image.index)),
    ];
    this.end = () => ends.forEach((end) => end());
  }

  // Show an image, { dataset, index }, if it is one of the row, and return whether it is.
  follow(image) {
    const at = image && image.dataset === this.data.dataset ? this.data.indices.indexOf(image.index) : -1;
    if (at < 0) return false;
    this.show(at);
    return true;
  }

  async update(data, send) {
    const rows = `${data.indices} ${data.images}`;
    const again = this.rows === rows && this.data.chosen === data.chosen;
    Object.assign(this, { data, send });
    this.root.style.setProperty("--wrong", data.wrong);
    this.codes = fromBase64(data.codes, Float32Array);
    const ranges = fromBase64(data.ranges, Float32Array);
    const size = ranges.length / 3;
    this.bars.setRanges(ranges.slice(0, size), ranges.slice(2 * size));
    this.root.classList.toggle("one-many", size > ONE_FEW);
    this.code.hidden = !data.bars;
    this.open(data);
    if (again) return this.show(this.at);
    this.rows = rows;
    const picture = new Image(); // the originals above, the reconstructions below
    picture.src = data.images;
    await picture.decode();
    if (this.data !== data) return undefined; // overtaken
    this.picture = picture;
    return this.show(data.chosen);
  }

  async open(data) {
    const which = this.codes.length > data.indices.length ? "a" : "the"; // the words of Home
    this.bars.handles = Boolean(data.network);
    this.invite.textContent = data.network ? `Drag ${which} number up or down` : "Latent code";
    this.network = this.classifier = null; // those of the run before
    const opened = await Promise.all([data.network, data.classifier].map((each) => each && openNetwork(each)));
    if (this.data === data) [this.network, this.classifier] = opened;
  }

  show(at) {
    if (!this.picture) return;
    this.at = at;
    this.changed = null;
    this.back.hidden = true;
    const { data } = this;
    const name = data.names[at];
    this.canvases.slice(0, 2).forEach((canvas, row) => {
      const side = this.picture.height / 2;
      copyImage(canvas, this.picture, side * at, side * row, side);
      canvas.setAttribute("aria-label", `${name}: ${row ? "reconstruction" : "original"}`);
    });
    this.showError();
    this.say(data.digits[at], data.mse[at]);
    this.truth.textContent = data.captions[at];
    const size = this.codes.length / data.indices.length;
    this.bars.setCode(this.codes.subarray(at * size, (at + 1) * size));
    this.bars.setLabel(`Latent code of ${name}`);
    const cell = `[data-images=${JSON.stringify(data.dataset)}][data-index="${data.indices[at]}"]`;
    const several = data.indices.length > 1;
    this.outline.textContent = several ? `.ae-cells > button${cell} { box-shadow: inset 0 0 0 2px #4c6ef5 }
      .ae-cells > button.ae-missed${cell} { box-shadow: inset 0 0 0 4px #4c6ef5 }` : ""; // within the red frame
  }

  // Show where what is seen as the reconstruction is brighter or darker than the original; returns its MSE.
  showError() {
    const [original, reconstruction, error] = this.canvases;
    const difference = errorBetween(original, reconstruction);
    paintSigned(error, difference);
    error.setAttribute("aria-label", `${this.data.names[this.at]}: error, reconstruction minus original`);
    return difference.reduce((sum, value) => sum + value * value, 0) / difference.length;
  }

  // Say how far off the reconstruction is and what it is classified as, and frame it if that is another class, as the
  // rows do.
  say(digit, mse) {
    this.error.textContent = `MSE ${mse.toFixed(4)}`;
    this.classified.textContent = digit ? `classified as ${digit}` : this.changed ? "of the changed code" : "";
    const wrong = Boolean(digit) && digit !== this.data.truth[this.at];
    this.missed.textContent = wrong ? digit : "";
    this.missed.parentElement.classList.toggle("ae-missed", wrong);
    const parts = [this.data.names[this.at], this.classified.textContent, this.error.textContent];
    this.spoken.textContent = parts.filter(Boolean).join(", ");
  }

  // Shows what the changed code decodes to, in place of the reconstruction.
  async decode() {
    const code = this.changed;
    if (!code) return; // reset by now
    const pixels = await this.network.run("decode", code);
    const logits = this.classifier && (await this.classifier.run("classify", pixels));
    if (this.changed !== code) return;
    this.back.hidden = false;
    paintImage(this.canvases[1], pixels);
    this.say(logits ? String(logits.indexOf(Math.max(...logits))) : "", this.showError());
    this.bars.setLabel(`Latent code of ${this.data.names[this.at]}, changed`);
  }

  destroy() {
    this.end();
    this.outline.remove();
    this.bars.destroy();
  }
}

export default mounted(({ data, parentElement, setStateValue }) => {
  const view = (parentElement.oneImage ??= new OneImage(parentElement.querySelector(".one-image-box")));
  view.update(data, setStateValue);
  return () => view.destroy();
});
