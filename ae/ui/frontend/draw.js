// A person's own digit: a pad and, beside it, all that a network makes of the drawing, while the pen moves. Or, where the
// data says "pad": false, a picture of one's own of any shape, without a pad.
// Sends the trigger "stroke" when a stroke has ended: the digit's bytes in base64, "" when the pad is empty.

import { CodeBars } from "./bars.js";
import { classLabel, fromBase64 } from "./digit.js";
import { DrawingPad } from "./drawing.js";
import { imageCanvas, paintImage, paintSigned } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { Scatter, scatterLegend } from "./scatter.js";

const LONGEST_TRAIL = 400; // places on the map that the drawing has passed

const part = (name, place, settings = {}) => place.appendChild(Object.assign(document.createElement(name), settings));

// As a link keeps a drawing: in 16 shades, like ae.data.drawing.to_text.
const asLinked = (pixels) => pixels.map((shade) => (Math.floor((Math.round(255 * shade) * 15) / 255) * 17) / 255);
const fromBytes = (text) => Float32Array.from(fromBase64(text, Uint8Array), (shade) => shade / 255);
const toBytes = (pixels) => btoa(String.fromCharCode(...pixels.map((shade) => Math.round(255 * shade))));

class DrawView {
  constructor(root) {
    const grid = (this.grid = part("div", root, { className: "draw" }));
    this.pad = new DrawingPad(part("div", grid, { className: "draw-pad" }), {
      onStroke: (pixels, ended) => this.stroke(pixels && asLinked(pixels), ended),
    });
    const digits = part("div", grid, { className: "draw-digits" });
    [this.input, this.output, this.error] = ["Input", "Reconstruction", "Error"].map((title) => {
      const figure = part("figure", digits);
      const name = part("figcaption", figure, { textContent: title });
      const canvas = figure.appendChild(imageCanvas(title));
      return { name, canvas, caption: part("p", figure) };
    });
    this.legendOfErrors = part("p", digits, { className: "draw-note" });
    this.place = part("div", grid, { className: "draw-map" });
    this.placeTitle = part("p", this.place, { className: "draw-title" });
    this.map = new Scatter(part("canvas", this.place, { className: "scatter" }));
    this.legend = part("div", this.place, { className: "scatter-legend" });
    this.code = part("div", grid, { className: "draw-code" });
    part("p", this.code, { className: "draw-title", textContent: "Latent code" });
    this.bars = new CodeBars(part("canvas", this.code, { className: "bars" }));
    part("p", this.code, { className: "draw-note", textContent: "Grey: where 9 of 10 test images lie." });
    this.note = part("p", grid, { className: "draw-note draw-reason" });
    this.said = part("p", grid, { className: "unseen" });
    this.said.setAttribute("role", "status");
    this.turn = this.shown = 0;
    this.trail = [];
  }

  async update(data, send) {
    const ask = (request) => send("ask", request);
    this.send = send;
    const before = this.data;
    this.data = data;
    this.code.hidden = !data.bars;
    this.grid.classList.toggle("draw-padless", !data.pad);
    if (before?.fixed.id !== data.fixed.id) this.#fix(data.fixed);
    const replaced = before?.version !== data.version;
    if (replaced) {
      this.drawn = data.digit ? fromBytes(data.digit) : null;
      if (data.pad) this.pad.show(this.drawn);
    }
    const [network, classifier] = await Promise.all([
      openNetwork(data.network, { host: this, ask, answer: data.answer }),
      data.classifier && openNetwork(data.classifier),
    ]);
    const other = this.network !== network;
    Object.assign(this, { network, classifier });
    this.note.textContent = network.reason;
    if (!replaced && !other) return;
    this.trail = [];
    this.follow(true);
  }

  // The map and the ranges, which stay the same while the model does.
  #fix(fixed) {
    const floats = (text) => fromBase64(text, Float32Array);
    const { plane } = fixed;
    const points = floats(plane.points);
    const x = points.filter((_, i) => i % 2 === 0);
    const y = points.filter((_, i) => i % 2 === 1);
    this.plane = { origin: floats(plane.origin), axes: floats(plane.axes) };
    this.area = plane.area;
    this.map.setAxes(plane.names);
    this.map.setPoints({ x, y, labels: fromBase64(plane.labels, Uint8Array), colours: fixed.colours });
    this.map.setArea(plane.area);
    this.map.setLabel(`${plane.title}; a ring marks the image`);
    this.placeTitle.textContent = plane.title;
    this.legendOfErrors.textContent = fixed.note;
    scatterLegend(this.legend, fixed.classes, fixed.colours);
    const size = this.plane.origin.length;
    const ranges = floats(fixed.ranges); // 5th, 50th and 95th percentile
    this.bars.setRanges(ranges.slice(0, size), ranges.slice(2 * size));
  }

  stroke(pixels, ended) {
    this.drawn = pixels;
    if (!pixels) this.trail = [];
    if (this.network) this.follow(ended);
    if (ended) this.send("stroke", pixels ? toBytes(pixels) : "");
  }

  // Show the digit and what the network makes of it. A result that a newer one has overtaken is left out.
  async follow(ended) {
    const turn = ++this.turn;
    const { network, classifier, drawn } = this;
    const pixels = drawn ?? fromBytes(this.data.example);
    const code = await network.run("encode", pixels);
    const output = (await network.run("decode", code)).map((shade) => (Number.isFinite(shade) ? shade : 0));
    const classes = [];
    if (classifier) for (const each of [pixels, output]) classes.push(await classifier.run("classify", each));
    if (turn < this.shown || network !== this.network) return;
    this.shown = turn;
    const difference = output.map((shade, i) => shade - pixels[i]);
    paintImage(this.input.canvas, pixels);
    paintImage(this.output.canvas, output);
    paintSigned(this.error.canvas, difference);
    const mse = difference.reduce((sum, each) => sum + each * each, 0) / difference.length;
    const psnr = -10 * Math.log10(Math.max(mse, 1e-10));
    const [asDrawn, asDecoded] = classes.map(classLabel);
    const example = this.data.pad ? "An example, until you draw" : "An example";
    this.input.name.textContent = drawn ? "Input" : example;
    this.input.caption.textContent = asDrawn ? `Classified as ${asDrawn}` : "";
    this.output.caption.textContent = asDecoded ? `Classified as ${asDecoded}` : "";
    this.error.caption.textContent = `MSE ${mse.toFixed(4)} · PSNR ${psnr.toFixed(1)} dB`;
    this.bars.setCode(code);
    this.#mark(code, drawn);
    if (!ended) return;
    const whose = !drawn ? "the example" : this.data.pad ? "your digit" : "your picture";
    this.bars.setLabel(`Latent code of ${whose}`);
    const reading = classifier ? `classified as ${asDrawn}, reconstruction ${asDecoded}, ` : "";
    this.said.textContent = `${whose[0].toUpperCase()}${whose.slice(1)}: ${reading}MSE ${mse.toFixed(4)}`;
  }

  // Mark the code on the map, which grows to include it, and draw the way that it has come.
  #mark(code, drawn) {
    const { origin, axes } = this.plane;
    const size = origin.length;
    const at = [0, 1].map((row) => origin.reduce((sum, o, i) => sum + (code[i] - o) * axes[row * size + i], 0));
    if (!at.every(Number.isFinite)) return this.map.setMark(null);
    if (drawn) this.trail = [...this.trail, at].slice(-LONGEST_TRAIL);
    this.map.setPath(this.trail.length > 1 ? this.trail : null);
    this.map.setMark(at);
    const { left, right, bottom, top } = this.area;
    const room = [0.04 * (right - left), 0.04 * (top - bottom)];
    const area = {
      left: Math.min(left, at[0] - room[0]),
      right: Math.max(right, at[0] + room[0]),
      bottom: Math.min(bottom, at[1] - room[1]),
      top: Math.max(top, at[1] + room[1]),
    };
    if (Object.keys(area).every((side) => area[side] === this.area[side])) return undefined;
    this.area = area;
    return this.map.setArea(area);
  }

  destroy() {
    this.pad.destroy();
    this.map.destroy();
    this.bars.destroy();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  const view = (parentElement.drawView ??= new DrawView(parentElement.querySelector(".draw-box")));
  view.update(data, setTriggerValue);
  return () => view.destroy();
});
