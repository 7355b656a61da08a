// Rows of noisy and denoised images that follow a slider for the strength of the noise, computed in the page.
// Sends the trigger "strength" when the slider is released. Rows that only the server can compute then follow as well.
import { fromBase64, oncePerFrame } from "./digit.js";
import { filterImages } from "./filters.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { linkRow, onPoint } from "./linked.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { DenoisePairs } from "./denoise_pairs.js";
import { addNoise, denoiseFinite, denoisePsnr } from "./noise.js";

const DENOISE_PAUSE = 400; // milliseconds without a key press, after which the slider counts as released

const denoiseElement = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

// One row: its label with its score, and its images; those classified wrongly have a frame with the class in a corner.
// While measurements are shown, below each image its PSNR, or its index. missed: what that frame means, if it is to be said.
class DenoiseRow {
  constructor(grid, { width, shape, alt, imageOf, measured }, row, captions) {
    Object.assign(this, { name: row.label, shape, measured, missed: row.missed });
    this.label = denoiseElement("div", "ae-label", row.called ?? row.label);
    this.mean = denoiseElement("small", "");
    if (row.colour) {
      const dot = denoiseElement("i", "ae-dot");
      dot.style.background = row.colour;
      this.label.prepend(dot);
    }
    this.label.append(this.mean);
    this.red = this.label.appendChild(denoiseElement("small", "denoise-about"));
    if (row.about) this.label.append(denoiseElement("small", "denoise-about", row.about));
    this.cells = denoiseElement("div", "ae-cells");
    this.cells.setAttribute("role", "group");
    this.cells.setAttribute("aria-label", `${alt}: ${row.label}`);
    this.canvases = Array.from({ length: width.count }, () => imageCanvas(""));
    linkRow(this.canvases, (i) => ({ ...imageOf(i), run: row.run, name: `${row.label}, image ${imageOf(i).index}` }));
    this.marks = this.canvases.map((canvas) => {
      const cell = this.cells.appendChild(denoiseElement("span", "denoise-cell"));
      cell.append(canvas);
      const mark = cell.appendChild(document.createElement("b"));
      mark.ariaHidden = true; // the name of the canvas says it
      return mark;
    });
    this.cells.style.cssText = width.style;
    grid.append(this.label, this.cells);
    this.captions = captions.map((caption) => {
      const line = denoiseElement("div", "ae-cells ae-captions ae-small");
      line.style.cssText = width.style;
      line.append(...Array.from({ length: width.count }, () => document.createElement("span")));
      const again = [...grid.querySelectorAll(".ae-small")].some((other) => other.textContent === caption);
      grid.append(denoiseElement("div", again ? "ae-small ae-again" : "ae-small", caption), line);
      return line;
    });
    this.psnr = [];
    this.digits = [];
  }

  // Show what the server has computed.
  showServer(row) {
    const bytes = fromBase64(row.pixels, Uint8Array);
    this.paint(splitImages(Float32Array.from(bytes, (byte) => byte / 255), this.shape));
    this.psnr = row.psnr;
    this.digits = row.digits;
    this.write();
    this.wait(false);
  }

  paint(images) {
    this.canvases.forEach((canvas, i) => paintImage(canvas, images[i]));
  }

  // Show what the page has computed; the digits follow.
  show(images, clean) {
    this.paint(images);
    if (this.psnr.length) this.psnr = images.map((image, i) => denoisePsnr(clean[i], image));
    this.write();
    this.wait(false);
  }

  write() {
    const { digits, psnr, truth } = this;
    if (this.measured) this.caption(0, psnr.map((each) => each.toFixed(1)));
    this.marks.forEach((mark, i) => {
      const wrong = digits.length > 0 && digits[i] !== truth[i];
      mark.textContent = wrong ? digits[i] : "";
      mark.parentElement.classList.toggle("ae-missed", wrong);
    });
    this.nameImages();
    const right = digits.filter((digit, i) => digit === truth[i]).length;
    const mean = psnr.reduce((sum, each) => sum + each, 0) / psnr.length;
    const shown = [digits.length ? `${right} of ${digits.length} recognised` : "", this.measured ? `mean ${mean.toFixed(1)} dB` : ""];
    this.mean.textContent = shown.filter(Boolean).join(", ");
    this.red.textContent = right < digits.length ? (this.missed ?? "") : "";
  }

  // The text alternatives of the images.
  nameImages() {
    this.canvases.forEach((canvas, i) => {
      const mark = this.marks[i].textContent;
      canvas.setAttribute("aria-label", `${this.name}, image ${this.indices[i]}${mark && `, classified as ${mark}`}`);
    });
  }

  caption(at, texts) {
    [...this.captions[at].children].forEach((text, i) => (text.textContent = texts[i]));
  }

  wait(waiting) {
    this.cells.classList.toggle("denoise-waiting", waiting);
    for (const line of this.captions) line.classList.toggle("denoise-waiting", waiting);
    if (waiting) this.mean.textContent = "follows on release";
  }
}

class DenoiseView {
  structure = "";
  networks = new Map(); // those that have arrived, by id
  waiting = new Set();
  sent = null; // the strength that the server has not answered yet
  held = false; // whether the slider is being dragged
  turn = 0; // counts calls of show, to drop the results of earlier ones
  queue = []; // images to classify: row, place, pixels

  constructor(host) {
    this.host = host;
    [this.slider, this.output] = ["input", "output"].map((tag) => host.querySelector(tag));
    this.grid = host.querySelector(".ae-grid");
    this.pairs = new DenoisePairs(host.querySelector(".denoise-pairs"));
    this.follow = oncePerFrame(() => this.show());
    this.slider.addEventListener("input", () => {
      this.held = true;
      this.follow();
      clearTimeout(this.release);
    });
    this.slider.addEventListener("change", () => {
      clearTimeout(this.release); // the keyboard changes it step by step
      this.release = setTimeout(() => this.send(), this.keyed ? DENOISE_PAUSE : 0);
    });
    this.slider.addEventListener("keydown", () => (this.keyed = true));
    this.slider.addEventListener("pointerdown", () => (this.keyed = false));
    this.forget = onPoint((image) => this.highlight(image));
  }

  get strength() {
    return Number(this.slider.value);
  }

  send() {
    this.held = false;
    if (this.strength === this.data.strength) return;
    this.sent = this.strength;
    this.setTriggerValue("strength", this.strength);
  }

  receive(data, setTriggerValue) {
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    this.clean = Float32Array.from(fromBase64(data.clean, Uint8Array), (byte) => byte / 255);
    this.random = data.random ? fromBase64(data.random, Float32Array) : null;
    const structure = JSON.stringify([data.alt, data.shape, data.heads, data.indices, data.measured, data.rows.map((row) => [row.label, row.colour])]);
    if (structure !== this.structure) this.build();
    this.structure = structure;
    for (const row of this.rows) row.truth = data.heads;
    for (const row of [this.original, ...this.rows]) {
      row.indices = data.indices;
      row.nameImages();
    }
    for (const reference of [data.classifier, ...data.rows.map((row) => row.network)]) this.open(reference);
    if (data.strength === this.sent) this.sent = null;
    if (!this.held && this.sent === null) this.slider.value = data.strength;
    this.show();
  }

  open(reference) {
    if (!reference || reference.reason || this.waiting.has(reference.id)) return;
    this.waiting.add(reference.id);
    openNetwork(reference, { host: this.host }).then((network) => {
      this.networks.set(reference.id, network);
      this.follow();
    });
  }

  build() {
    const { data } = this;
    const count = data.indices.length;
    const most = data.largest ? `${count * data.largest}px` : "100%";
    const width = { count, style: `--n:${count};max-width:min(${most}, ${count} * var(--digit-most, 100vw))` };
    const line = (texts) => {
      const cells = denoiseElement("div", "ae-cells ae-captions ae-small ae-heads");
      cells.style.cssText = width.style;
      cells.append(...texts.map((text) => denoiseElement("span", "", text)));
      return cells;
    };
    this.grid.replaceChildren(...(data.heads.length ? [denoiseElement("div", "ae-small ae-heads", data.head), line(data.heads)] : []));
    const imageOf = (i) => ({ dataset: this.data.dataset, index: this.data.indices[i] });
    const common = { width, shape: data.shape, alt: data.alt, imageOf, measured: data.measured };
    this.original = new DenoiseRow(this.grid, common, { label: "Original" }, data.measured ? ["index"] : []);
    const captions = data.measured ? ["PSNR (dB)"] : [];
    this.rows = data.rows.map((row) => new DenoiseRow(this.grid, common, row, captions));
    this.host.querySelector(".denoise-pairs").hidden = !data.pairs;
    this.pairs.build(this.rows, count, data.heads, `max-width:${most}`);
  }

  // Show the images at the slider's strength: the server's where it has computed them, otherwise the page's own.
  async show() {
    const { data, strength } = this;
    const turn = ++this.turn;
    this.queue = [];
    this.output.textContent = strength.toFixed(2);
    this.slider.style.setProperty("--share", `${100 * strength}%`);
    this.host.querySelector("small").textContent = data.measured ? data.unit : "";
    this.grid.style.setProperty("--wrong", data.wrong);
    this.slider.setAttribute("aria-valuetext", `${data.unit} ${strength.toFixed(2)}`);
    const clean = splitImages(this.clean, data.shape);
    this.original.paint(clean);
    if (data.measured) this.original.caption(0, data.indices);
    const here = strength === data.strength;
    const noisy = here ? null : addNoise(data.kind, this.clean, data.shape, this.random, strength, data.clip);
    for (const [place, row] of this.rows.entries()) {
      const found = noisy && (await this.denoised(data.rows[place], noisy));
      if (turn !== this.turn) return;
      const images = found && splitImages(found, data.shape);
      if (here) row.showServer(data.rows[place]);
      else if (images) {
        row.show(images, clean);
        this.enqueue(row, place, images);
      } else row.wait(true);
    }
    this.pairs.draw();
    this.grid.dataset.strength = strength;
    this.classify();
  }

  // Return a row's images for noisy ones, or null if the page can't compute them (yet).
  async denoised(row, noisy) {
    if (row.noisy) return noisy;
    if (row.filter) return filterImages(row.filter, noisy, this.data.shape);
    const network = row.network && this.networks.get(row.network.id);
    if (!network) return null;
    let values = noisy;
    for (const name of row.functions) values = await network.run(name, values);
    return denoiseFinite(values);
  }

  // A row that the server has not classified is not classified here.
  enqueue(row, place, images) {
    if (!this.data.classifier || !this.data.rows[place].digits.length) return;
    for (let i = 0; i < row.canvases.length; i++) {
      this.queue.push({ row, place, i, pixels: images[i] });
    }
  }

  // Classify one image at a time, so that the slider never waits; begin behind the last one that was classified.
  classify() {
    const network = this.data.classifier && this.networks.get(this.data.classifier.id);
    if (!network || this.timer || !this.queue.length) return;
    this.timer = setTimeout(async () => {
      const behind = this.queue.findIndex(({ place, i }) => place > this.last[0] || (place === this.last[0] && i > this.last[1]));
      const [next] = this.queue.splice(Math.max(behind, 0), 1);
      if (next) {
        const { row, place, i, pixels } = next;
        const turn = this.turn;
        const logits = await network.run("classify", pixels);
        this.last = [place, i];
        if (turn === this.turn) {
          row.digits[i] = String(logits.indexOf(Math.max(...logits)));
          row.write();
        }
      }
      this.timer = null;
      this.classify();
    });
  }

  last = [-1, -1];

  highlight(image) {
    const at = image && image.dataset === this.data.dataset ? this.data.indices.indexOf(image.index) : -1;
    for (const row of [this.original, ...this.rows]) {
      row.canvases.forEach((canvas, i) => canvas.classList.toggle("denoise-pointed", i === at));
    }
  }

  end() {
    clearTimeout(this.timer);
    clearTimeout(this.release);
    this.forget();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  parentElement.denoiseView ??= new DenoiseView(parentElement);
  parentElement.denoiseView.receive(data, setTriggerValue);
  return () => {
    parentElement.denoiseView?.end();
    delete parentElement.denoiseView;
  };
});
