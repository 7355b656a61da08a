// The map of the latent space: the digit under the pointer is decoded as the pointer moves, a drag shows the digits along
// its path, and a click sends the trigger "picked": { x, y } in the plane, and the id of the image there, or null. Without
// a pointer, what was picked is shown: data.kept = { image, name, pixels, code, near, where }; for a
// spot, the first and the third are null.
// After each digit it dispatches "painted" with the time of the event that asked for it.

import { capital, Classifying } from "./classifying.js";
import { DecodedHere } from "./decoded_here.js";
import { atOnce, fromBase64 } from "./digit.js";
import { make } from "./elements.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { linkRow, onPoint, pointAt } from "./linked.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { PathStrip } from "./path_strip.js";
import { openPicture, openSheet } from "./pictures.js";
import { planeTiles } from "./plane_tiles.js";
import { Scatter, scatterLegend } from "./scatter.js";

const MAP_TSNE_REACH = 24; // pixels: where a spot can't be decoded, the nearest point is shown
const MAP_DETAIL_AFTER = 200; // milliseconds without zooming
const MAP_SPEAK_AFTER = 500; // milliseconds without a move
const MAP_HINT = "Drag across the map: the images along the path appear here.";

class LatentMap {
  constructor(parent) {
    this.parent = parent;
    const part = (name) => parent.querySelector(`.${name}`);
    this.root = part("latent-map");
    this.scatter = new Scatter(part("scatter"), { axes: ["", ""] });
    this.here = new DecodedHere(part("here"));
    this.near = part("near");
    this.spoken = part("spoken");
    const speak = (words) => this.speak(words);
    this.strip = new PathStrip(part("path"), this.scatter, { beside: part("along"), hint: MAP_HINT, speak });
    this.classifying = new Classifying((words) => this.say({ classified: words }));
    this.words = {};
    this.place = null; // under the pointer
    const draw = atOnce((place) => this.show(place));
    this.scatter.onMove = (place) => {
      this.place = place;
      draw(place);
    };
    this.scatter.onView = () => this.detailSoon();
    this.scatter.onLeave = () => this.leave();
    this.scatter.onNames = (named) => this.legend(named);
    this.scatter.onPick = ({ x, y, index }) => this.pick(x, y, index);
    this.unlink = onPoint((image, source) => {
      if (source === this) return;
      const here = image?.dataset === this.data?.dataset && image.index < this.data.count;
      this.scatter.highlight(here ? image.index : null);
    });
  }

  async update({ data, setTriggerValue }) {
    const changed = this.data?.space !== data.space;
    this.data = data;
    this.pick = (x, y, id) => setTriggerValue("picked", { x, y, id });
    if (changed) this.reset(data);
    const hidden = new Set(data.hidden);
    this.showNearest();
    this.scatter.setPoints({ ...this.points, colours: data.colours, hidden, names: data.names });
    this.scatter.setMark(data.at, { aside: true });
    this.scatter.setLabel(`${data.title}, coloured by class. Arrow keys move over it, Enter picks, Space draws a path.`);
    this.parent.querySelector(".title").textContent = data.title;
    this.parent.querySelector(".scatter-legend").replaceChildren();
    const background = data.background ? await openPicture(data.background) : null;
    if (this.data === data) this.scatter.setBackground(background, data.area);
    const ask = (request) => setTriggerValue("ask", request);
    const network = await openNetwork(data.network, { host: this.parent, ask, answer: data.answer });
    const classifier = data.classifier ? await openNetwork(data.classifier) : null;
    const images = await openSheet(data.images, data.shape);
    if (this.data !== data) return;
    Object.assign(this, { network, images });
    this.classifying.network = this.strip.classifier = classifier;
    this.strip.quick = network.local;
    this.parent.querySelector(".along small").hidden = !classifier;
    this.strip.decode = data.plane ? (places) => network.run("decode", this.codes(places)) : null;
    this.rested();
    this.root.dataset.ready = data.space;
    this.detailSoon();
  }

  // Names the classes that have no name among their points.
  legend(named) {
    const { names, colours, hidden } = this.data;
    scatterLegend(this.parent.querySelector(".scatter-legend"), names, colours, new Set([...hidden, ...named]));
  }

  // Shows the nearest neighbours of what was picked.
  showNearest() {
    const { kept, dataset, shape, names } = this.data;
    const { indices, classes, pixels } = kept.near;
    this.near.replaceChildren();
    make(make(this.near, "div", "near-label", "Nearest neighbours"), "small", "", `of ${kept.where}`);
    const row = make(this.near, "div", "near-images");
    const images = splitImages(Float32Array.from(fromBase64(pixels, Uint8Array), (byte) => byte / 255), shape);
    const cells = images.map((image, i) => {
      const cell = make(row, "div");
      const canvas = cell.appendChild(imageCanvas(""));
      paintImage(canvas, image);
      make(cell, "span", "", classes[i] ?? String(indices[i]));
      return canvas;
    });
    const name = (i) => `Image ${indices[i]}${names.length ? `, class ${classes[i]}` : ""}`;
    linkRow(cells, (i) => ({ dataset, index: indices[i], name: name(i) }));
  }

  // Shows what was picked.
  async rested() {
    const { network, data } = this;
    if (!network || this.place) return;
    const { kept } = data;
    const pixels = await network.run("decode", Float32Array.from(kept.code));
    if (this.place || this.data !== data) return;
    this.here.paint(pixels, kept.code);
    const original = kept.pixels && Float32Array.from(fromBase64(kept.pixels, Uint8Array), (byte) => byte / 255);
    this.here.paintBeside(original, kept.name);
    if (original) linkRow([this.here.original], () => ({ dataset: data.dataset, index: kept.image, name: kept.name }));
    this.words = {};
    this.say({});
    this.classifying.next(pixels);
  }

  // Decode the background again for the part of the map that is seen, unless that takes the server.
  detailSoon() {
    clearTimeout(this.detailing);
    this.detailing = setTimeout(() => this.detail(), MAP_DETAIL_AFTER);
  }

  detail() {
    const { network, scatter } = this;
    const { background, view } = scatter;
    if (!background || !network?.local || !scatter.zoomed) return void scatter.setDetail(null);
    if (scatter.detail?.area === view) return;
    const count = background.width / this.data.shape[1];
    const decode = (place) => network.run("decode", this.codes([place]));
    const image = planeTiles(view, count, decode, () => {
      const newest = scatter.detail?.image === image;
      if (newest) scatter.redraw();
      return newest;
    });
    scatter.setDetail(image, view);
  }

  // Another space: other points, and nothing stays of what was pointed at.
  reset(data) {
    this.points = {
      x: fromBase64(data.x, Float32Array),
      y: fromBase64(data.y, Float32Array),
      labels: fromBase64(data.labels, Uint8Array),
    };
    delete this.root.dataset.ready;
    this.network = null;
    this.scatter.setAxes(data.axes);
    this.scatter.setArea(data.area);
    this.scatter.onDrag = data.plane ? (points, done) => this.strip.drag(points, done) : null;
    for (const name of ["path", "along"]) this.parent.querySelector(`.${name}`).hidden = !data.plane;
    this.strip.clear();
    this.strip.forget();
    this.leave();
  }

  // The codes of places in the plane, one after the other.
  codes(places) {
    const { origin, axes } = this.data.plane;
    const size = origin.length;
    const codes = new Float32Array(places.length * size);
    places.forEach(([x, y], row) => {
      for (let i = 0; i < size; i++) codes[row * size + i] = origin[i] + x * axes[0][i] + y * axes[1][i];
    });
    return codes;
  }

  async show(place) {
    if (!this.network || this.place !== place) return;
    const { clientX, clientY, time } = place;
    const { plane } = this.data;
    const index = plane ? place.index : this.scatter.nearest(clientX, clientY, MAP_TSNE_REACH);
    this.point(index);
    if (!plane && index === null) return;
    const image = index === null ? null : this.images(index);
    const code = plane ? this.codes([[place.x, place.y]]) : await this.network.run("encode", image);
    const pixels = await this.network.run("decode", code);
    if (!this.place) return;
    this.here.paint(pixels, code);
    this.here.paintBeside(image, this.name(index));
    this.say({ where: plane ? `at ${mapNumber(place.x)}, ${mapNumber(place.y)}` : "reconstructed" });
    this.root.dispatchEvent(new CustomEvent("painted", { bubbles: true, composed: true, detail: { time } }));
    this.classifying.next(pixels);
    this.rest(index);
  }

  name(index) {
    if (index === null) return "";
    const label = this.data.names[this.points.labels[index]];
    return label === undefined ? `Image ${index}` : `Image ${index}, class ${label}`;
  }

  say(words) {
    Object.assign(this.words, words);
    const { classified = "" } = this.words;
    this.here.say(capital(classified));
  }

  // Tell a screen reader when the pointer rests.
  rest(index) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (!this.place) return;
      const { where, classified } = this.words;
      this.speak([`Decoded ${where}`, classified, this.name(index)].filter(Boolean).join(", "));
    }, MAP_SPEAK_AFTER);
  }

  speak(words) {
    this.spoken.textContent = words;
  }

  point(index) {
    this.scatter.highlight(index);
    if (index !== this.pointed) pointAt(this, index === null ? null : { dataset: this.data.dataset, index });
    this.pointed = index;
  }

  leave() {
    this.place = null;
    this.words = {};
    this.classifying.stop();
    clearTimeout(this.resting);
    if (this.pointed !== null && this.pointed !== undefined) this.point(null);
    this.rested();
  }

  destroy() {
    this.network = null;
    this.leave();
    clearTimeout(this.detailing);
    this.scatter.detail = null;
    this.unlink();
    this.scatter.destroy();
  }
}

const mapNumber = (value) => String(Number(value.toPrecision(3))).replaceAll("-", "−");

export default mounted((component) => {
  const { parentElement } = component;
  parentElement.latentMap ??= new LatentMap(parentElement);
  parentElement.latentMap.update(component);
  return () => {
    parentElement.latentMap?.destroy();
    parentElement.latentMap = null;
  };
});
