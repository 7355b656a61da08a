// Small stills of the latent map at a few epochs of a replay, which bring the player there: the story at a glance.

import { liveMake } from "./live_status.js";
import { SCATTER_NO_CLASS } from "./scatter_draw.js";

const STOPS = 4;
const STOP_POINT = 1.1; // CSS pixels
const STOP_EDGE = 5; // CSS pixels around the points, so that none is cut off

// Which frames to show, in order, given their epochs: the first, the marked one, the last and, where there are enough, one
// in between; without a mark, some of the early ones. Most happens early, so gaps count on a logarithmic scale.
export function stopFrames(epochs, mark) {
  const last = epochs.length - 1;
  const wanted = mark === null ? [0, Math.round(last / 10), Math.round(last / 3), last] : [0, mark, last];
  const found = new Set(wanted.filter((frame) => frame >= 0 && frame <= last));
  const places = epochs.map((epoch) => Math.log(1 + Math.max(0, epoch - epochs[0])));
  while (found.size < Math.min(STOPS, epochs.length)) {
    const free = epochs.map((_, frame) => frame).filter((frame) => !found.has(frame));
    const later = free.filter((frame) => frame > (mark ?? 0)); // so that the marked one is the second
    const far = places.map((place, frame) => {
      const sides = [...found].map((other) => Math.abs(place - places[other]));
      return (later.length ? later : free).includes(frame) ? Math.min(...sides) : -1;
    });
    found.add(far.indexOf(Math.max(...far)));
  }
  return [...found].sort((a, b) => a - b);
}

export class LiveStops {
  // onPick: called with a frame.
  constructor(root, { onPick }) {
    Object.assign(this, { root, onPick });
    root.className = "live-stops";
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Epochs to look at");
    this.stops = Array.from({ length: STOPS }, () => this.#make()); // so that nothing jumps when data arrives
    this.drawn = "";
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
  }

  // mark: the frame that is marked, or null.
  show({ frames, labels, plane }, colours, mark) {
    const chosen = frames.length > 1 && frames[0].x.length ? stopFrames(frames.map(({ epoch }) => epoch), mark) : [];
    const drawn = `${plane} ${labels?.length} ${mark} ${chosen.map((frame) => frames[frame].epoch)}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    Object.assign(this, { labels, colours });
    while (this.stops.length > chosen.length) this.stops.pop().button.remove();
    chosen.forEach((frame, i) => {
      const { epoch } = frames[frame];
      const stop = (this.stops[i] ??= this.#make());
      Object.assign(stop, { frame, points: frames[frame] });
      stop.words.textContent = `Epoch ${epoch}`;
      stop.button.setAttribute("aria-label", `Go to epoch ${epoch}`);
      stop.button.onclick = () => this.onPick(frame);
      stop.button.disabled = false;
    });
    this.draw();
    this.at(this.frame);
  }

  // Frame the still of the epoch that the player is nearest to, also while it plays.
  at(position) {
    const frame = Math.round(position);
    this.frame = frame;
    for (const stop of this.stops) {
      const now = String(stop.frame === frame);
      if (stop.now === now) continue;
      stop.now = now;
      stop.button.setAttribute("aria-current", now);
    }
  }

  draw() {
    for (const { canvas, points } of this.stops) if (points) stopDraw(canvas, points, this.labels, this.colours);
  }

  destroy() {
    this.observer.disconnect();
  }

  #make() {
    const button = liveMake(this.root, "button", "live-stop", { type: "button", disabled: "" });
    return { button, canvas: liveMake(button, "canvas", ""), words: liveMake(button, "div", "") };
  }
}

const stopPlace = (value, first, last, size) => STOP_EDGE + ((value - first) / (last - first)) * (size - 2 * STOP_EDGE);

function stopDraw(canvas, { x, y, area }, labels, colours) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.globalAlpha = 0.8;
  for (let i = 0; i < x.length; i += 1) {
    pen.fillStyle = labels[i] === 255 || !colours.length ? SCATTER_NO_CLASS : colours[labels[i] % colours.length];
    const [left, top] = [stopPlace(x[i], area.left, area.right, width), stopPlace(y[i], area.top, area.bottom, height)];
    if (Math.min(left, width - left, top, height - top) < STOP_POINT) continue; // one of the few outliers
    pen.beginPath();
    pen.arc(left, top, STOP_POINT, 0, 2 * Math.PI);
    pen.fill();
  }
}
