// The units of a latent code: a slider for each, a plane where there are two, and the digit, which follows them.
// Data: { network, classifier, layers, image, pixels, start, code, echo, low, high, active, shown, focus, answer }.
// Triggers: "code" = { number, values } when a slider is released, with values null for the code of the image;
// "ask" for a network that the server computes.

import { classifiedAs } from "./classifying.js";
import { Diagram } from "./diagram.js";
import { classLabel, fromBase64, oncePerFrame, reducedMotion } from "./digit.js";
import { make } from "./elements.js";
import { paintImage } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { CodePad } from "./units_pad.js";
import { scatterTicks } from "./scatter_axes.js";
import { UnitSliders } from "./units_sliders.js";
import { UnitStrips } from "./units_strips.js";

const UNITS_NETWORK = 96; // pixels, its height
const UNITS_TICKS = 4; // about so many values along each axis of the plane
const UNITS_GLIDE = 320; // milliseconds, back to the image
const UNITS_WIDE = "(min-width: 769px)"; // a window in which the network is unfolded at first
const UNITS_PAUSE = 150; // milliseconds before a change is sent, because a held key changes a slider many times

class Units {
  constructor(host) {
    this.host = host;
    this.find = (name) => host.querySelector(`.units-${name}`);
    this.draw = oncePerFrame(() => this.compute());
    this.find("back").onclick = () => this.back();
    this.find("network").open = matchMedia(UNITS_WIDE).matches;
  }

  // Takes the data of a run of the component. Only a code that this component did not send moves the sliders.
  async update(data, { ask, send }) {
    this.send = send;
    const network = await openNetwork(data.network, { host: this.host, ask, answer: data.answer });
    this.classifier = data.classifier && (await openNetwork(data.classifier));
    const subject = JSON.stringify([data.network.id, data.image, data.low, data.high]);
    const code = JSON.stringify(data.code);
    const own = data.echo !== this.echo; // the server has taken a message of this component
    if (subject !== this.subject) this.begin(data, network);
    else if (!own && code !== this.received) this.put(data.code);
    Object.assign(this, { subject, echo: data.echo, received: code });
  }

  begin(data, network) {
    const { low, high, active } = data;
    Object.assign(this, { data, network, start: Float32Array.from(data.start) });
    this.image = Float32Array.from(fromBase64(data.pixels, Uint8Array), (byte) => byte / 255);
    this.encoded = this.seen = null;
    const both = { low, high, onEnd: () => this.end() };
    const onMove = (unit, value) => this.move((code) => (code[unit] = value));
    this.sliders = new UnitSliders(this.find("sliders"), { ...both, active, shown: data.shown, onMove });
    this.makePad(both);
    this.makeStrips(low, high);
    this.makeDiagram(data, network);
    this.find("reason").textContent = network.reason;
    this.find("key").hidden = !this.strips || !this.classifier;
    const more = low.length > data.shown;
    this.find("rest").textContent = more
      ? `The first ${data.shown} of ${low.length} units; the others keep their values.`
      : "";
    this.find("to").textContent = ` to image ${data.image}`;
    this.find("name").textContent = `Image ${data.image}`;
    paintImage(this.find("image"), this.image);
    for (const each of [this.sliders, this.pad]) each?.setStart(this.start);
    this.put(data.code);
    if (data.focus !== null) this.sliders.focus(data.focus);
    this.showStart();
  }

  makePad(both) {
    const place = this.find("pad");
    place.replaceChildren();
    const plane = both.low.length === 2;
    this.find("frame").classList.toggle("flat", plane);
    this.pad = null;
    if (!plane) return;
    const root = place.appendChild(document.createElement("div"));
    for (const [unit, name] of ["right", "up"].entries()) this.makeTicks(this.find(`ticks-${name}`), both.low[unit], both.high[unit]);
    this.pad = new CodePad(root, { ...both, onMove: (to) => this.move((code) => code.set(to)) });
    if (this.network.local) this.pad.fill((code) => this.network.run("decode", Float32Array.from(code)));
  }

  // A few round values along an axis of the plane.
  makeTicks(place, low, high) {
    place.replaceChildren();
    const ticks = scatterTicks(low, high, UNITS_TICKS);
    place.style.setProperty("--longest", Math.max(...ticks.map(([, name]) => name.length)));
    for (const [value, name] of ticks) make(place, "span", "", name).style.setProperty("--at", (value - low) / (high - low));
  }

  makeStrips(low, high) {
    this.strips?.destroy();
    this.strips = null;
    if (!this.network.local) return;
    const { network, classifier } = this;
    const classify = classifier && (async (pixels) => classifiedAs(await classifier.run("classify", pixels)));
    const onPick = (unit, value) => {
      this.move((code) => (code[unit] = value));
      this.end();
    };
    const decode = (code) => network.run("decode", code);
    this.strips = new UnitStrips(this.sliders.rows, { low, high, decode, classify, onPick });
  }

  makeDiagram(data, network) {
    const part = (name) => (network.local ? network.layers(name) : data.layers[name]);
    const layers = { encode: part("encode"), decode: part("decode") };
    const options = { height: UNITS_NETWORK, total: false, active: data.active, onUnit: (unit) => this.sliders.focus(unit) };
    this.diagram?.destroy();
    this.diagram = new Diagram(this.find("diagram"), layers, options);
  }

  // Encodes the image itself, for the diagram's left half.
  async showStart() {
    const { image, network } = this;
    const values = await network.values("encode", image);
    const code = values?.at(-1).values ?? (await network.run("encode", image));
    if (image !== this.image) return; // another image by now
    this.encoded = values ?? this.data.layers.encode.map((layer) => ({ ...layer, values: code }));
    this.draw();
  }

  put(code) {
    this.glide = null;
    this.code = Float32Array.from(code);
    this.show();
  }

  move(change) {
    this.glide = null;
    change(this.code);
    this.show();
  }

  show() {
    this.sliders.show(this.code);
    this.pad?.show(this.code);
    this.strips?.show(this.code);
    const moved = this.code.some((value, unit) => Math.abs(value - this.start[unit]) > 1e-6);
    this.find("back").disabled = !moved;
    this.moved = moved;
    this.draw();
  }

  async compute() {
    const [code, network] = [Float32Array.from(this.code), this.network];
    const values = await network.values("decode", code);
    const pixels = values?.at(-1).values ?? (await network.run("decode", code));
    if (network !== this.network) return;
    this.pixels = pixels;
    paintImage(this.find("decoded"), pixels);
    if (this.encoded) {
      const encode = this.encoded.slice(0, -1);
      encode.push({ ...this.encoded.at(-1), values: code });
      const decode = values ?? this.data.layers.decode.map((layer) => ({ ...layer, values: pixels }));
      const newImage = this.seen !== this.image;
      this.seen = this.image;
      this.diagram.setValues({ input: this.image, encode, decode }, { wave: newImage, cut: this.moved });
    }
    if (!this.classifier) return;
    await new Promise((resolve) => setTimeout(resolve)); // the digit is painted first
    if (pixels !== this.pixels) return;
    const logits = await this.classifier.run("classify", pixels);
    if (pixels === this.pixels) this.find("class").textContent = `Classified as ${classLabel(logits)}`;
  }

  end() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(Array.from(this.code)), UNITS_PAUSE);
  }

  tell(values) {
    clearTimeout(this.timer);
    this.send({ number: Date.now(), values });
  }

  back() {
    this.tell(null);
    const [from, begun] = [Float32Array.from(this.code), performance.now()];
    if (reducedMotion()) {
      this.put(this.start);
      return;
    }
    const step = (now) => {
      if (this.glide !== step) return; // a slider was moved meanwhile
      const done = Math.min(1, (now - begun) / UNITS_GLIDE);
      const eased = 1 - (1 - done) ** 3;
      this.code = this.start.map((end, unit) => (done === 1 ? end : from[unit] + eased * (end - from[unit])));
      this.show();
      if (done < 1) requestAnimationFrame(step);
      else this.glide = null;
    };
    this.glide = step;
    requestAnimationFrame(step);
  }

  destroy() {
    clearTimeout(this.timer);
    this.strips?.destroy();
    this.diagram?.destroy();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  const units = (parentElement.units ??= new Units(parentElement));
  units.update(data, {
    ask: (request) => setTriggerValue("ask", request),
    send: (message) => setTriggerValue("code", message),
  });
  return () => {
    units.destroy();
    parentElement.units = null;
  };
});
