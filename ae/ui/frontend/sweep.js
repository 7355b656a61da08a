// A sweep: overall progress, the loss curves of all runs, and a row for each run with the same images, reconstructed
// after its newest epoch. The server answers with the messages of ae/ui/sweep_data.py.
//
// Sends the triggers "end", the id of a run to stop or to remove from the queue, "open", of a run to show alone, and
// "changed" when the states of the runs are no longer those that the page shows.
import { Curve } from "./curve.js";
import { make, setText } from "./elements.js";
import { imageGap, imagePicture, imageSize, sharpen, splitImages } from "./images.js";
import { onPoint, pointAt } from "./linked.js";
import { mounted } from "./mounted.js";
import { keepAsking } from "./polling.js";
import { addGroups, meanCurve } from "./sweep_groups.js";

const COUNT = 8; // images in a row

// A row of images, whose places are reserved until there are any.
class Strip {
  constructor(parent, label, shape, onPointed) {
    const side = shape[1];
    Object.assign(this, { shape, step: side + imageGap(side) });
    const cell = make(parent, "div", "sweep-strip");
    this.canvas = make(cell, "canvas", "");
    [this.canvas.width, this.canvas.height] = [(COUNT - 1) * this.step + side, side];
    sharpen(this.canvas, side);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.ring = make(cell, "i", "sweep-ring");
    this.ring.hidden = true;
    this.ring.style.width = `${(100 * side) / this.canvas.width}%`;
    const pen = this.canvas.getContext("2d");
    pen.fillStyle = "rgba(141, 147, 161, 0.18)";
    for (let image = 0; image < COUNT; image += 1) pen.fillRect(image * this.step, 0, side, side);
    this.canvas.onpointermove = ({ clientX }) => {
      const { left, width } = this.canvas.getBoundingClientRect();
      onPointed(Math.min(COUNT - 1, Math.max(0, Math.floor(((clientX - left) / width) * COUNT))));
    };
    this.canvas.onpointerleave = () => onPointed(null);
  }

  show(pixels, label) {
    this.shown = true;
    const pen = this.canvas.getContext("2d");
    const images = splitImages(pixels, this.shape).slice(0, COUNT);
    images.forEach((image, i) => pen.putImageData(imagePicture(image, 255), i * this.step, 0));
    this.canvas.setAttribute("aria-label", label);
  }

  mark(index) {
    this.ring.hidden = index === null || index >= COUNT;
    this.ring.style.left = `${(100 * index * this.step) / this.canvas.width}%`;
  }
}

class Sweep {
  constructor(root, about) {
    Object.assign(this, { root, about, sweep: about.sweep, send: () => {} });
    this.#build();
    this.unlink = onPoint((image) => {
      for (const strip of this.strips) strip.mark(image?.dataset === about.dataset ? image.index : null);
    });
  }

  get have() {
    const runs = this.runs.map((run) => [run.id, [run.last, run.written]]);
    const originals = Boolean(this.originals?.shown);
    return { sweep: this.sweep, runs: Object.fromEntries(runs), originals };
  }

  // Add a message; returns false if it does not continue what is here, so that the rest must be asked for.
  apply(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    if (header.sweep !== this.sweep || header.runs.some(({ after }, i) => after > this.runs[i].last)) return false;
    this.header = header;
    setText(this.words, header.progress);
    this.done.style.width = `${100 * header.share}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * header.share)));
    this.bar.setAttribute("aria-valuetext", header.progress);
    let at = 4 + length;
    const take = (images) => bytes.subarray(at, (at += images * imageSize(this.about.shape)));
    const grown = new Set(header.runs.flatMap(({ epochs }, i) => (epochs.length ? [this.about.runs[i].group] : [])));
    header.runs.forEach((entry, i) => this.#update(this.runs[i], entry, take));
    this.groups?.forEach((group, i) => group.update(grown.has(i) ? meanCurve(this.curve, group.runs) : null));
    this.changed(JSON.stringify(header.condition));
    return true;
  }

  // Whether the page shows the state that the server named last.
  upToDate() {
    return JSON.stringify(this.header.condition) === this.condition;
  }

  changed(condition) {
    if (condition === this.condition) this.told = null;
    if (condition === this.condition || condition === this.told) return;
    this.told = condition; // once: the page may take a while
    this.send("changed", condition);
  }

  #build() {
    const { about } = this;
    this.root.replaceChildren();
    this.words = make(this.root, "div", "progress-words");
    this.bar = make(this.root, "div", "progress-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Training of all models");
    this.done = make(this.bar, "i", "");
    make(this.root, "div", "sweep-title", about.title);
    const empty = "The curves appear here after the first epoch";
    const place = make(this.root, "div", "sweep-curve");
    this.curve = new Curve(place, { label: about.label, x: "Epoch", y: about.unit, whole: true, empty });
    const lines = about.runs.map((run) => ({ ...run, width: 2.5, dash: run.tested ? [5, 4] : [], x: [], y: [] }));
    this.curve.setRange([-0.02 * about.epochs - 0.05, about.epochs * 1.02 + 0.05]);
    if (about.by) {
      this.groups = addGroups(this, lines);
      return;
    }
    this.curve.setSeries(lines);
    const rows = make(this.root, "div", "sweep-rows");
    const pointed = (index) => pointAt(this, index === null ? null : { dataset: about.dataset, index });
    const first = make(rows, "div", "sweep-row");
    make(first, "div", "sweep-run", "Original");
    this.originals = new Strip(first, "Original test images", about.shape, pointed);
    this.runs = about.runs.map((run) => this.#addRow(rows, run, pointed));
    this.strips = [this.originals, ...this.runs.map((run) => run.strip)];
  }

  #addRow(rows, { id, name, colour }, pointed) {
    const row = make(rows, "div", "sweep-row");
    const head = make(row, "div", "sweep-run");
    const open = make(head, "button", "sweep-name");
    open.type = "button";
    open.title = `Show ${name} alone`;
    make(open, "i", "sweep-dot").style.background = colour;
    make(open, "span", "", name);
    open.onclick = () => this.send("open", id);
    const state = make(head, "div", "sweep-state");
    const strip = new Strip(row, `${name}: no reconstructions yet`, this.about.shape, pointed);
    const end = make(row, "button", "sweep-end");
    end.type = "button";
    end.onclick = () => {
      end.disabled = true;
      this.send("end", id);
    };
    return { id, name, state, strip, end, last: -1, written: 0, loss: null };
  }

  #update(run, entry, take) {
    run.words = entry.words;
    if (entry.epochs.length) {
      this.curve.extend(run.id, entry.epochs, entry.losses.map((loss) => loss ?? NaN));
      run.last = Math.max(run.last, entry.epochs.at(-1));
      run.loss = entry.losses.at(-1);
    }
    const loss = run.loss === null ? "" : ` · loss ${run.loss.toPrecision(3)}`;
    setText(run.state, entry.words + loss);
    setText(run.end, entry.ends);
    run.end.hidden = !entry.ends;
    run.end.disabled = false;
    run.end.setAttribute("aria-label", `${entry.ends} ${run.name}`);
    if (!entry.images) return;
    run.written = entry.written;
    const [originals, reconstructed] = entry.images;
    if (originals) this.originals.show(take(originals), "Original test images");
    run.strip.show(take(reconstructed), `Reconstructions by ${run.name} after epoch ${run.last}`);
  }

  destroy() {
    this.unlink();
    this.curve.destroy();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  if (parentElement.sweep?.sweep !== data.sweep) {
    parentElement.endSweep?.();
    const view = new Sweep(parentElement.querySelector(".sweep"), data);
    parentElement.sweep = view;
    parentElement.endSweep = () => {
      view.feed?.stop();
      view.destroy();
      parentElement.sweep = null;
    };
  }
  const view = parentElement.sweep;
  Object.assign(view, { send: setTriggerValue, condition: JSON.stringify(data.condition) });
  if (view.feed) view.feed.again();
  else {
    view.feed = keepAsking(data.ask, {
      have: () => view.have,
      apply: (bytes) => view.apply(bytes),
      head: () => view.header,
      upToDate: () => view.upToDate(),
      onGone: () => view.changed("gone"),
    });
  }
  return parentElement.endSweep;
});
