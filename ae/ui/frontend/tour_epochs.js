// The same digits as they were reconstructed after each epoch that was kept, with a player.
// They rest at the last epoch, which the claim is about. Above the slider stands the error after each epoch.
// Data: { originals, labels, reconstructed, epochs, errors }; reconstructed holds the digits of every epoch in order, and an
// error is null where none was measured.

import { DIGIT_SHAPE, fromBase64, oncePerFrame } from "./digit.js";
import { make, makeSvg } from "./elements.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { Player } from "./player.js";
import { markSpare, setCount } from "./tour_rows.js";

// The curve of the error above the player's track: each epoch is above its place on the slider.
class EpochsCurve {
  constructor(track) {
    this.root = make(track, "div", "epochs-curve");
    make(this.root, "small", "", "Error after each epoch");
    const drawing = makeSvg(this.root, "svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.area = makeSvg(drawing, "polygon");
    this.line = makeSvg(drawing, "polyline");
    this.dot = make(this.root, "i");
    track.prepend(this.root);
  }

  show(errors) {
    this.errors = errors;
    this.most = Math.max(...errors);
    const last = Math.max(1, errors.length - 1);
    const points = errors.flatMap((error, at) => (error === null ? [] : [[at / last, this.height(at)]]));
    this.line.setAttribute("points", points.join(" "));
    this.area.setAttribute("points", points.length ? [[points[0][0], 1], ...points, [points.at(-1)[0], 1]].join(" ") : "");
  }

  // Of an epoch's error, from the top: 0 for the largest error, 1 for none.
  height(at) {
    return 1 - this.errors[at] / this.most;
  }

  // Mark a place between epochs, unless there is no error.
  mark(position) {
    const [before, after] = [Math.floor(position), Math.ceil(position)];
    const measured = this.errors[before] !== null;
    const height = this.height(before) + (position - before) * (this.height(after) - this.height(before));
    this.dot.hidden = !measured;
    this.dot.style.top = `${100 * height}%`;
  }
}

class TourEpochs {
  constructor(host) {
    const part = (name) => host.querySelector(`.epochs-${name}`);
    Object.assign(this, { rows: [part("originals"), part("first"), part("reconstructed")], first: part("called"), name: part("name"), note: part("note") });
    this.paint = oncePerFrame((position) => this.show(position));
    this.player = new Player(part("player"), { name: "Epoch", again: "Replay", early: true, onFrame: (position) => this.paint(position) });
    this.curve = new EpochsCurve(this.player.track);
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
    this.player.seek(this.player.last);
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
    const error = this.data.errors[nearest];
    this.note.textContent = error === null ? "" : `error ${error.toFixed(4)}`;
    this.curve.mark(position);
  }

  destroy() {
    this.player.destroy();
  }
}

export default function ({ data, parentElement }) {
  parentElement.tourEpochs ??= new TourEpochs(parentElement);
  parentElement.tourEpochs.update(data);
  return () => {
    parentElement.tourEpochs?.destroy();
    parentElement.tourEpochs = null;
  };
}
