// The loss curve of the live view. On Train it has the loss of each batch. In a replay, its title has the loss at the epoch
// of the player, and in a narrow window it is a strip with that line only. Needs the style "curve".

import { Curve } from "./curve.js";
import { curveNumber } from "./curve_scale.js";
import { liveMake } from "./live_status.js";

const EMPTY = "The curve appears here after the first epoch";

export class LiveCurve {
  // curve: what the page says of it; name: of the run; onPick: called with an epoch.
  constructor(side, { curve, name, replay, onPick }) {
    this.replay = replay;
    this.lines = replay ? curve.lines.slice(1) : curve.lines; // a replay does without the batches
    this.main = curve.lines[2];
    if (replay) this.#makeTitle(side, curve.unit);
    const root = liveMake(side, "div", "live-curve");
    const names = curve.lines.slice(1, 3).map((one) => one.name.toLowerCase());
    const label = `${names.join(" and ")} loss${name ? ` of ${name}` : ""} by epoch`;
    const look = { whole: true, empty: EMPTY, level: curve.level, strip: replay ? this.main.id : null };
    this.chart = new Curve(root, { label, x: "Epoch", y: curve.unit, ...look });
    this.chart.setSeries(this.lines.map((one) => ({ ...one, x: [], y: [] })));
    this.#setEpochs(curve.epochs);
    this.counts = [0, 0]; // of the epochs and batches that it has
    this.chart.onPick = onPick;
  }

  #makeTitle(side, unit) {
    const title = liveMake(side, "div", "live-title");
    this.title = liveMake(title, "span", "");
    liveMake(title, "span", "live-quantity").textContent = ` (${unit.charAt(0).toLowerCase()}${unit.slice(1)})`;
  }

  #setEpochs(epochs) {
    this.chart.setRange([-0.02 * epochs - 0.05, epochs * 1.02 + 0.05]);
  }

  // Take over the losses that are new in the store.
  extend({ lines, head }) {
    const [epochs, losses] = this.counts;
    if (lines.epoch.length > epochs) {
      const x = lines.epoch.slice(epochs);
      for (const { id } of this.lines) if (id !== "batch") this.chart.extend(id, x, lines[id].slice(epochs));
      if (!this.replay) this.chart.extend("batch", lines.batch.slice(losses), lines.loss.slice(losses));
      this.counts = [lines.epoch.length, lines.batch.length];
    }
    if (this.epochs === head.epochs) return;
    this.epochs = head.epochs;
    this.#setEpochs(head.epochs);
    this.chart.setMarks(head.restarts.map((epoch) => ({ x: epoch, text: "trained longer" })));
  }

  setMark(epoch, text) {
    this.chart.mark = { x: epoch, text };
  }

  setLevel(level) {
    this.chart.setLevel(level);
  }

  // at: where the position is drawn, or null; epoch: the one that the title is of.
  setPosition(at, epoch, { lines }) {
    this.chart.setPosition(at);
    if (!this.title) return;
    const loss = lines.monitored[lines.epoch.indexOf(epoch)];
    const words = `${this.main.name} loss${Number.isFinite(loss) ? `: ${curveNumber(loss)}` : ""}`;
    if (this.title.textContent !== words) this.title.textContent = words;
  }

  destroy() {
    this.chart.destroy();
  }
}
