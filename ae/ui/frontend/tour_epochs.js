// The same digits as they were reconstructed after each epoch that was kept, with a player.
// They learn at once; without motion they rest at the first epoch. Above the slider stands the error after each epoch.
// Data: { originals, labels, reconstructed, epochs, errors }; reconstructed holds the digits of every epoch in order, and an
// error is null where none was measured.

import { curveNumber, curveTicks } from "./curve_scale.js";
import { DIGIT_SHAPE, fromBase64, oncePerFrame, reducedMotion } from "./digit.js";
import { make, makeSvg, setText } from "./elements.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { Player } from "./player.js";
import { markSpare, setCount } from "./tour_rows.js";

const EPOCHS_MARGIN = 0.15; // of the curve's height, below the smallest error

// The curve of the error above the player's track, on a log scale: each epoch is above its place on the slider.
class EpochsCurve {
  constructor(track) {
    this.root = make(track, "div", "epochs-curve");
    this.words = make(this.root, "small");
    const drawing = makeSvg(this.root, "svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.line = makeSvg(drawing, "polyline");
    this.dot = make(this.root, "i");
    this.value = make(this.root, "b");
    this.ticks = make(this.root, "div", "epochs-ticks");
    track.prepend(this.root);
  }

  show(errors) {
    this.errors = errors;
    const measured = errors.filter((error) => error !== null);
    const [least, most] = [Math.min(...measured), Math.max(...measured)].map(Math.log);
    this.top = most;
    this.range = (most - least) / (1 - EPOCHS_MARGIN) || 1;
    setText(this.words, "Squared error per pixel, log scale");
    const ticks = curveTicks(...[least, most].map(Math.exp), { log: true });
    this.ticks.replaceChildren();
    for (const tick of new Set([ticks.at(-1), ticks[0]])) { // the largest and the smallest
      const line = make(this.ticks, "span");
      line.style.top = `${100 * this.heightOf(tick)}%`;
      make(line, "em", "", curveNumber(tick));
    }
    const end = Math.max(1, errors.length - 1);
    const points = errors.flatMap((error, at) => (error === null ? [] : [[at / end, this.height(at)]]));
    this.line.setAttribute("points", points.join(" "));
  }

  // Of an epoch's error, from the top: 0 for the largest error.
  height(at) {
    return this.heightOf(this.errors[at]);
  }

  heightOf(error) {
    return (this.top - Math.log(error)) / this.range;
  }

  // Mark a place between epochs, unless there is no error.
  mark(position) {
    const [before, after] = [Math.floor(position), Math.ceil(position)];
    const measured = this.errors[before] !== null;
    const height = this.height(before) + (position - before) * (this.height(after) - this.height(before));
    const error = this.errors[Math.round(position)];
    this.dot.hidden = this.value.hidden = !measured;
    this.dot.style.top = `${100 * height}%`;
    this.value.style.setProperty("--height", `${100 * height}%`);
    setText(this.value, error === null ? "" : error.toFixed(4));
  }
}

class TourEpochs {
  constructor(host) {
    const part = (name) => host.querySelector(`.epochs-${name}`);
    Object.assign(this, { rows: [part("originals"), part("first"), part("reconstructed")], first: part("called"), name: part("name") });
    this.paint = oncePerFrame((position) => this.show(position));
    this.player = new Player(part("player"), { name: "Epoch", word: "Play", again: "Replay", early: true, onFrame: (position) => this.paint(position) });
    this.curve = new EpochsCurve(this.player.track);
    this.ends = make(this.player.track, "div", "epochs-ends");
  }

  // The rows: the originals, the first epoch that was kept, and the one that the player stands at.
  update(data) {
    if (data.reconstructed === this.data?.reconstructed) return;
    this.data = data;
    const [originals, reconstructed] = [data.originals, data.reconstructed].map((text) =>
      splitImages(Float32Array.from(fromBase64(text, Uint8Array), (byte) => byte / 255), DIGIT_SHAPE),
    );
    this.reconstructed = reconstructed;
    setCount(this.rows[0].parentElement, data.labels.length);
    this.canvases = this.rows.map((row, at) => {
      const made = data.labels.map((label) => imageCanvas(`${["Original", "At first", "Reconstruction"][at]}: ${label}`));
      made.forEach(markSpare);
      row.replaceChildren(...made);
      return made;
    });
    this.canvases[0].forEach((canvas, i) => paintImage(canvas, originals[i]));
    this.canvases[1].forEach((canvas, i) => paintImage(canvas, reconstructed[i]));
    this.first.textContent = this.called(0);
    this.player.setFrames(data.epochs.map(String));
    this.curve.show(data.errors);
    const { last } = this.player;
    this.ends.replaceChildren();
    const end = data.epochs.at(-1);
    for (const text of [this.called(0), `${end} epoch${end === 1 ? "" : "s"}`]) make(this.ends, "span", "", text);
    if (reducedMotion()) this.player.seek(Math.min(1, last));
    else this.player.play({ from: 0 });
  }

  called(frame) {
    const { epochs } = this.data;
    return epochs[frame] ? `Epoch\u00a0${epochs[frame]} of\u00a0${epochs.at(-1)}` : "Untrained";
  }

  // Between two epochs, their images are blended.
  show(position) {
    const count = this.data.labels.length;
    const [before, after] = [Math.floor(position), Math.ceil(position)];
    const share = position - before;
    this.canvases[2].forEach((canvas, i) => {
      const [one, other] = [before, after].map((frame) => this.reconstructed[frame * count + i]);
      paintImage(canvas, one.map((value, pixel) => value + share * (other[pixel] - value)));
    });
    const nearest = Math.round(position);
    this.name.textContent = this.called(nearest);
    this.curve.mark(position);
  }

  destroy() {
    this.player.destroy();
  }
}

export default mounted(({ data, parentElement }) => {
  parentElement.tourEpochs ??= new TourEpochs(parentElement);
  parentElement.tourEpochs.update(data);
  return () => {
    parentElement.tourEpochs?.destroy();
    parentElement.tourEpochs = null;
  };
});
