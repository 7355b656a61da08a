// A pad between four images: the place under the pointer blends their latent codes, and the image there is decoded.
// Sends the trigger "ask".
import { capital, Classifying } from "./classifying.js";
import { fromBase64, oncePerFrame } from "./digit.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { codeBetween } from "./walk_path.js";

const CORNERS_STEP = 0.05; // of the pad, moved by an arrow key
const CORNERS_ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class CornersView {
  place = [0.5, 0.5]; // right and down

  constructor(host) {
    const part = (name) => host.querySelector(`.corners-${name}`);
    Object.assign(this, { host, pad: part("pad"), dot: part("dot"), root: part("root"), words: part("words") });
    this.ends = Array.from({ length: 4 }, () => imageCanvas(""));
    this.pad.prepend(...this.ends);
    this.digit = imageCanvas("");
    part("digit").append(this.digit);
    this.classifying = new Classifying((words) => {
      this.words.textContent = capital(words);
      this.digit.setAttribute("aria-label", `Between the corners: ${words}`);
    });
    this.follow = oncePerFrame(() => this.show());
    const at = ({ clientX, clientY }) => {
      const box = this.pad.getBoundingClientRect();
      this.move((clientX - box.left) / box.width, (clientY - box.top) / box.height);
    };
    this.pad.addEventListener("pointermove", at);
    this.pad.addEventListener("pointerdown", at);
    this.pad.addEventListener("keydown", (event) => {
      const arrow = CORNERS_ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      this.move(...this.place.map((value, i) => value + CORNERS_STEP * arrow[i]));
    });
  }

  move(right, down) {
    this.place = [right, down].map((value) => Math.max(0, Math.min(1, value)));
    this.follow();
  }

  async update(data, ask) {
    this.data = data;
    const codes = fromBase64(data.codes, Float32Array);
    this.codes = Array.from({ length: 4 }, (_, i) => codes.subarray(i * data.size, (i + 1) * data.size));
    const pixels = Float32Array.from(fromBase64(data.pixels, Uint8Array), (byte) => byte / 255);
    const images = splitImages(pixels, data.shape);
    this.ends.forEach((canvas, i) => {
      paintImage(canvas, images[i]);
      canvas.setAttribute("aria-label", data.labels[i]);
    });
    const network = await openNetwork(data.network, { host: this.host, ask, answer: data.answer });
    this.classifying.network = data.classifier ? await openNetwork(data.classifier) : null;
    this.network = network;
    this.follow();
  }

  async show() {
    const [right, down] = this.place;
    this.dot.style.left = `${100 * right}%`;
    this.dot.style.top = `${100 * down}%`;
    if (!this.network) return;
    const pixels = await this.network.run("decode", codeBetween(this.codes, right, down));
    paintImage(this.digit, pixels);
    this.classifying.next(pixels);
    this.root.dataset.place = `${right},${down}`;
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  parentElement.cornersView ??= new CornersView(parentElement);
  parentElement.cornersView.update(data, (request) => setTriggerValue("ask", request));
  return () => {
    parentElement.cornersView?.classifying.stop();
    delete parentElement.cornersView;
  };
});
