// The same digits as they were reconstructed after each epoch that was kept, with a player.
// Data: { originals, labels, reconstructed, epochs, notes }; reconstructed holds the digits of every epoch in order.

import { DIGIT_SHAPE, fromBase64, oncePerFrame } from "./digit.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { Player } from "./player.js";
import { markSpare, setCount } from "./tour_rows.js";

const EPOCHS_FIRST = 1; // the frame at first: an early one, so that dragging improves the images

class TourEpochs {
  constructor(host) {
    const part = (name) => host.querySelector(`.epochs-${name}`);
    Object.assign(this, { rows: [part("originals"), part("first"), part("reconstructed")], first: part("called"), name: part("name"), note: part("note") });
    this.paint = oncePerFrame((position) => this.show(position));
    this.player = new Player(part("player"), { name: "Epoch", again: "Replay", early: true, onFrame: (position) => this.paint(position) });
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
    this.player.seek(Math.min(EPOCHS_FIRST, this.player.last));
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
    this.note.textContent = this.data.notes[nearest];
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
