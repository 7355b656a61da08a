// What the page knows of a run: its losses, and the reconstructions and points of each epoch of its replay. Messages of
// ae/ui/live_data.py add to it. There is one store in a window, so that another page of the lab shows the same at once.

import { imageSize } from "./images.js";

const STORE = "autoencoderLabLive";
const BORDER = 0.03; // of the map's width and height
const STEPS = 65535;

class LiveStore {
  constructor() {
    this.listeners = new Set();
    this.clear("");
  }

  clear(run) {
    this.run = run;
    this.lines = { epoch: [], training: [], monitored: [], error: [], added: [], batch: [], loss: [] };
    this.frames = []; // { epoch, images, x, y, area }
    this.originals = this.labels = this.head = null;
    this.shape = null; // of the images: [channels, side, side]
    this.plane = "";
    this.watched = false; // whether the run was training while this page looked
  }

  get have() {
    const { run, plane } = this;
    return { run, plane, line: this.lines.epoch.at(-1) ?? -1, frame: this.frames.at(-1)?.epoch ?? -1 };
  }

  // Add a message; returns false if something between it and what is here is missing, and must be asked for.
  apply(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    if (head.run !== this.run) this.clear(head.run);
    const { line, frame, plane } = this.have;
    const turned = this.frames.length > 0 && head.plane !== plane;
    if (head.after[0] > line || head.after[1] > frame || (turned && head.placed[0]?.epoch !== this.frames[0].epoch)) {
      return false;
    }
    this.head = head;
    this.watched ||= head.active;
    this.#addLines(head.lines, line);
    this.#addFrames(head, bytes, 4 + length);
    for (const listener of this.listeners) listener();
    return true;
  }

  #addLines(sent, last) {
    const { lines } = this;
    const { epoch, batch, loss } = sent;
    for (let i = 0; i < epoch.length; i += 1) {
      if (epoch[i] <= last) continue;
      lines.epoch.push(epoch[i]);
      for (const id of ["training", "monitored", "error", "added"]) lines[id].push(sent[id]?.[i] ?? NaN);
    }
    const until = lines.batch.at(-1) ?? -Infinity;
    for (let i = 0; i < batch.length; i += 1) {
      if (batch[i] <= until) continue;
      lines.batch.push(batch[i]);
      lines.loss.push(loss[i] ?? NaN);
    }
  }

  #addFrames(head, bytes, start) {
    let at = start;
    const take = (size) => bytes.slice(at, (at += size));
    this.shape = head.shape;
    const size = head.images ? head.images * imageSize(this.shape) : (this.originals?.length ?? 0);
    if (head.preview !== undefined) {
      this.originals = take(size);
      this.frames = [{ epoch: -1, images: take(size), x: new Float32Array(), y: new Float32Array(), area: null }];
      return;
    }
    if (head.images) {
      if (this.frames[0]?.epoch === -1) this.frames = [];
      this.originals = take(size);
      this.labels = take(head.points);
    }
    const images = new Map(head.frames.map((epoch) => [epoch, take(size)]));
    for (const { epoch, box, area } of head.placed) {
      const steps = new Uint16Array(take(4 * head.points).buffer);
      const [x, y] = [0, 1].map((axis) => {
        const [low, high] = [box[2 * axis], box[2 * axis + 1]];
        const part = steps.subarray(axis * head.points, (axis + 1) * head.points);
        return Float32Array.from(part, (step) => low + (step / STEPS) * (high - low));
      });
      const place = { x, y, area: spacious(area) };
      const known = this.frames.find((one) => one.epoch === epoch);
      if (known) Object.assign(known, place);
      else if (images.has(epoch)) this.frames.push({ epoch, images: images.get(epoch), ...place });
    }
    this.plane = head.plane;
  }
}

// Return an area with room for the points at its border.
function spacious([left, right, bottom, top]) {
  const [x, y] = [BORDER * (right - left), BORDER * (top - bottom)];
  return { left: left - x, right: right + x, bottom: bottom - y, top: top + y };
}

export function liveStore() {
  return (window[STORE] ??= new LiveStore());
}
