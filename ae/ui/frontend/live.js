// The live view of a run: the loss curve, the latent map and the reconstructions, which move while the network learns,
// and a player that shows any epoch again. live_feed.js brings the data into the store; this draws what has changed.
// A replay plays once by itself, unless the address asks for an epoch; if the person prefers less motion, it rests at its
// last epoch, where it would end.
//
// Sends the trigger "changed" when the run's state is no longer the one that the page shows, and the state "epoch", at
// which the player rests, null for the one that is shown at first.
import { fromBase64, reducedMotion } from "./digit.js";
import { onPoint, pointAt } from "./linked.js";
import { LiveCurve } from "./live_curve.js";
import { liveFeed } from "./live_feed.js";
import { ImageRows } from "./live_images.js";
import { liveLegend } from "./live_legend.js";
import { liveMix, liveMixed } from "./live_mix.js";
import { LiveStatus, LiveTable, liveMake } from "./live_status.js";
import { LiveStops } from "./live_stops.js";
import { liveStore } from "./live_store.js";
import { mounted } from "./mounted.js";
import { Player } from "./player.js";
import { Scatter } from "./scatter.js";

const TURN = 700; // milliseconds in which the points move to another plane
const SOON = "The latent map appears here during training";
const NO_REPLAY = "This run has no replay: it was trained with an earlier version.";

class LiveView {
  constructor(root, data) {
    Object.assign(this, { root, data });
    this.store = liveStore();
    root.className = `live live-${data.layout}`;
    if (data.numbers) this.status = new LiveStatus(liveMake(root, "div", ""), data.numbers, data.measured);
    const replay = data.layout === "replay";
    const before = replay ? liveMake(root, "div", "") : null; // beside the map in a narrow window too
    const main = liveMake(root, "div", "live-main");
    if (replay) this.stops = new LiveStops(liveMake(main, "div", ""), { onPick: (frame) => this.player.seek(frame) });
    if (data.curve) this.#makeCurve(liveMake(main, "div", "live-side"));
    this.#makeMap(liveMake(main, "div", "live-map"));
    const player = before ?? liveMake(root, "div", "");
    this.rows = new ImageRows(liveMake(liveMake(root, "div", "live-images"), "div", ""), {
      most: 16,
      onPoint: (index) => pointAt(this, index === null ? null : { dataset: data.dataset, index }),
    });
    this.player = new Player(player, {
      again: replay ? "Play" : "Replay", // there, the view is called Replay
      early: true,
      onFrame: (position) => this.#show(position),
      onRest: (frame) => this.#rest(frame),
    });
    if (data.curve) this.table = new LiveTable(liveMake(root, "div", ""), data.curve.lines.slice(1));
    this.listener = () => this.update();
    this.store.listeners.add(this.listener);
    this.unlink = onPoint((image) => {
      const index = image?.dataset === data.dataset ? image.index : null;
      this.scatter.highlight(index);
      this.rows.mark(index);
      const label = index === null ? undefined : this.store.labels?.[index];
      const name = data.classes[label];
      const known = label === undefined ? "" : `Test image ${index}${name === undefined ? "" : `: ${name}`}`;
      this.under.textContent = known || (data.points ?? "");
    });
    this.update();
  }

  // Take over what the page says of the run, and begin to ask for what is new.
  page({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { setStateValue, setTriggerValue, condition: JSON.stringify(data.condition) });
    this.root.classList.toggle("live-finished", Boolean(data.finished));
    if (!data.run) return;
    if (this.feed) this.feed.again();
    else this.feed = liveFeed(data.ask, { upToDate: () => this.#upToDate(), onGone: () => this.#changed("gone") });
  }

  // Whether the page shows the state that the server named last.
  #upToDate() {
    return JSON.stringify(this.store.head.condition) === this.condition;
  }

  #changed(condition) {
    if (condition === this.condition) this.told = null;
    if (condition === this.condition || condition === this.told) return;
    this.told = condition; // once: the page may take a while
    this.setTriggerValue("changed", condition);
  }

  #markEpoch(frames, epoch, text) {
    const frame = frames.findIndex((one) => one.epoch === epoch);
    this.marked = frame < 0 ? null : frame;
    this.curve?.setMark(epoch, `epoch ${epoch}: ${text}`);
  }

  #rest(frame) {
    const epoch = frame === this.player.last ? null : this.store.frames[frame]?.epoch ?? null;
    if (epoch === (this.rested ?? null)) return;
    this.rested = epoch;
    this.setStateValue("epoch", epoch);
  }

  #makeCurve(side) {
    const { curve, name } = this.data;
    const onPick = (epoch) => {
      const epochs = this.store.frames.map((frame) => Math.abs(frame.epoch - epoch));
      if (epochs.length) this.player.seek(epochs.indexOf(Math.min(...epochs)));
    };
    this.curve = new LiveCurve(side, { curve, name, replay: Boolean(this.stops), onPick });
    if (!this.stops) this.above = liveMake(side, "div", "live-note"); // a replay tells another story
  }

  #makeMap(root) {
    const { data } = this;
    this.mapTitle = liveMake(root, "div", "live-title");
    this.#nameMap("test images", "");
    const place = liveMake(root, "div", "live-place");
    this.scatter = new Scatter(liveMake(place, "canvas", "scatter"), { label: "Latent codes", radius: 2.2, moving: true });
    this.scatter.setArea({ left: -1, right: 1, bottom: -1, top: 1 });
    this.scatter.onMove = ({ index }) => pointAt(this, index === null ? null : { dataset: data.dataset, index });
    this.scatter.onLeave = () => pointAt(this, null);
    this.nothing = liveMake(place, "div", "live-nothing");
    this.under = liveMake(root, "div", "live-note");
    this.under.textContent = data.points ?? "";
    liveLegend(liveMake(root, "div", "scatter-legend"), this.scatter, data.classes, data.colours);
  }

  // Take over what is new in the store.
  update() {
    const { store, data } = this;
    if (data.originals) this.rows.setOriginals((this.originals ??= fromBase64(data.originals, Uint8Array)), data.shape);
    if (!data.run || store.run !== data.run) return this.#empty(SOON);
    const { head, lines, frames } = store;
    const condition = JSON.stringify(head.condition);
    this.status?.show(head.status, condition === this.condition); // otherwise the page is about to name other numbers
    this.table?.show(lines);
    if (this.above && this.above.textContent !== head.status.above) this.above.textContent = head.status.above;
    this.curve?.extend(store);
    if (store.originals) this.rows.setOriginals(store.originals, store.shape);
    if (this.condition) this.#changed(condition);
    const points = frames.some((frame) => frame.x.length);
    this.#empty(points ? "" : head.active ? SOON : NO_REPLAY);
    if (!frames.length) return;
    if (store.labels !== this.labels) this.#newPoints();
    if (this.stops) this.scatter.setAxes(head.axes);
    const changed = `${store.plane} ${frames.length}`;
    const [first, turned] = [this.changed === undefined, this.area && store.plane !== this.plane];
    const known = changed === this.changed;
    Object.assign(this, { changed, plane: store.plane });
    const named = frames[0].epoch < 0 ? [""] : frames.map((frame) => `${frame.epoch} of ${head.epochs}`);
    this.player.thrift = head.watchers;
    this.player.setFrames(named, { follow: !first });
    if (data.mark) this.#markEpoch(frames, ...data.mark);
    this.stops?.show(store, data.colours, this.marked ?? null);
    if (first) this.#begin();
    else if (turned) this.#turn();
    else if (!known && !this.player.moving) this.#show(this.player.position);
    if (!head.active && store.watched) {
      store.watched = false;
      if (head.brief && !reducedMotion() && !document.hidden) this.player.play({ from: 0 });
    }
  }

  #newPoints() {
    const { labels } = this.store;
    this.labels = labels;
    const count = labels?.length ?? 0;
    [this.x, this.y, this.area] = [new Float32Array(count), new Float32Array(count), null];
    this.scatter.setPoints({ x: this.x, y: this.y, labels, colours: this.data.colours, names: this.data.classes });
  }

  // Show the epoch that the address asks for, if any; a replay that plays begins with the untrained network.
  #begin() {
    const { frames } = this.store;
    const { epoch } = this.data;
    const asked = epoch === null ? -1 : frames.findIndex((frame) => frame.epoch === epoch);
    const plays = this.data.layout === "replay" && !this.data.active && epoch === null && !reducedMotion();
    this.player.position = plays ? 0 : asked < 0 ? this.player.last : asked;
    this.#show(this.player.position);
    this.player.setFrames(this.player.labels);
    if (plays && !document.hidden) this.player.play({ from: 0 });
  }

  // The points lie on another plane now: move them there.
  #turn() {
    cancelAnimationFrame(this.turning);
    this.before = null;
    if (reducedMotion() || document.hidden) return this.#show(this.player.position);
    this.before = { x: this.x.slice(), y: this.y.slice(), area: this.area, part: 0 };
    const begun = performance.now();
    const step = (now) => {
      this.before.part = Math.min(1, Math.max(0, (now - begun) / TURN));
      if (this.before.part === 1) this.before = null;
      else this.turning = requestAnimationFrame(step);
      this.#show(this.player.position);
    };
    this.turning = requestAnimationFrame(step);
  }

  #show(position) {
    const { frames } = this.store;
    if (this.store.run !== this.data.run || !frames.length) return;
    const [from, to] = [Math.floor(position), Math.min(Math.floor(position) + 1, frames.length - 1)];
    const share = position - from;
    this.rows.show(frames[from].images, frames[to].images, share);
    const epoch = frames[from].epoch + (frames[to].epoch - frames[from].epoch) * share;
    const looking = this.stops || !this.player.atEnd;
    this.curve?.setPosition(looking && epoch >= 0 ? epoch : null, frames[Math.round(position)].epoch, this.store);
    this.stops?.at(position);
    const words = epoch < 0 ? "" : `after epoch ${Math.round(epoch)}`;
    this.rows.setLabel(`Test images reconstructed by ${this.data.name} ${words}`.trim());
    if (!frames[from].x.length) return;
    this.#movePoints(frames[from], frames[to], share);
    this.scatter.setLabel(`Latent codes of ${this.x.length} test images ${words}`);
    const when = this.stops ? "" : ` · epoch ${frames[Math.round(position)].epoch}`; // there, the player is beside it
    this.#nameMap(`${this.x.length.toLocaleString("en")} test images`, when);
  }

  #nameMap(images, when) {
    const title = `Latent codes of ${images}${when}`;
    if (this.mapTitle.textContent !== title) this.mapTitle.textContent = title;
  }

  #movePoints(from, to, share) {
    const { scatter, before, x, y } = this;
    liveMix(x, from.x, to.x, share);
    liveMix(y, from.y, to.y, share);
    this.area = liveMixed(from.area, to.area, share);
    if (before) {
      liveMix(x, before.x, x, before.part);
      liveMix(y, before.y, y, before.part);
      this.area = liveMixed(before.area, this.area, before.part);
    }
    if (scatter.view === scatter.home) scatter.setArea(this.area);
    else scatter.home = this.area; // zoomed in by hand
    scatter.movePoints(x, y);
  }

  #empty(words) {
    if (this.nothing.textContent !== words) this.nothing.textContent = words;
  }

  refresh(data) {
    if (data.numbers) this.status.setNumbers(data.numbers, data.measured);
    this.curve?.setLevel(data.curve.level);
    this.scatter.redraw();
    this.stops?.draw();
  }

  destroy() {
    cancelAnimationFrame(this.turning);
    this.store.listeners.delete(this.listener);
    this.unlink();
    this.feed?.stop();
    for (const part of [this.curve, this.scatter, this.rows, this.player, this.stops]) part?.destroy();
  }
}

export default mounted(({ data, parentElement, setStateValue, setTriggerValue }) => {
  const root = parentElement.querySelector(".live");
  const name = `${data.layout} ${data.run} ${data.dataset}`;
  if (parentElement.live?.name !== name) {
    parentElement.live?.view.destroy();
    root.replaceChildren();
    parentElement.live = { name, view: new LiveView(root, data) };
  } else parentElement.live.view.refresh(data);
  parentElement.live.view.page({ data, setStateValue, setTriggerValue });
  return () => {
    parentElement.live?.view.destroy();
    parentElement.live = null;
  };
});
