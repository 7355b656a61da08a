// Home's first thing: a pad, the network that the digit runs through, and what comes out, live. Before anything is
// drawn, examples run through. The bars of the code can be dragged. Data: { network, classifier, examples, active,
// ranges, usual }.
// Trigger "unit" = { unit, code }: a unit of the neck was clicked; code is the one that is shown, or null.

import { Diagram } from "./diagram.js";
import { classLabel, DIGIT_SHAPE, fromBase64, oncePerFrame, reducedMotion } from "./digit.js";
import { DrawingPad } from "./drawing.js";
import { imageSize, paintImage, splitImages } from "./images.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";

const HERO_HEIGHT = (width) => (width < 480 ? 84 : 200); // of the network, in pixels
const HERO_BAR = 48; // the largest width of a bar, in pixels
const HERO_PAUSE = 3200; // milliseconds for each example

class Hero {
  constructor(host) {
    this.host = host;
    this.find = (name) => host.querySelector(`.hero-${name}`);
    this.output = host.querySelector(".hero-output canvas");
    this.shown = -1;
    this.drawing = false; // whether the pad is a person's own, not an example's
    this.draw = oncePerFrame((pixels, wave) => this.compute(pixels, wave));
    this.change = oncePerFrame((code) => this.decode(code));
    const place = this.find("pad");
    this.pad = new DrawingPad(place, { onStroke: (pixels) => this.drawn(pixels) });
    this.next = document.createElement("button");
    Object.assign(this.next, { type: "button", textContent: "Example" });
    this.next.onclick = () => {
      this.stop();
      this.showExample();
    };
    this.pad.button.after(this.next);
    this.drag = this.find("drag");
    this.back = this.drag.lastChild;
    this.back.onclick = () => this.decode((this.code = this.passed.encode.at(-1).values));
    // The first stroke, by pointer or key, begins on an empty pad.
    place.addEventListener("pointerdown", (event) => this.begin(event), true);
    place.addEventListener("keydown", (event) => this.begin(event), true);
    paintImage(this.output, new Float32Array(imageSize(DIGIT_SHAPE)));
  }

  begin(event) {
    if (event.target !== this.pad.canvas || (event.key && event.key !== " " && !event.key.startsWith("Arrow"))) return;
    this.stop();
    if (!this.drawing) this.pad.show(null);
    this.own();
  }

  // The pad is the person's own from now on.
  own() {
    this.drawing = true;
    this.find("head").textContent = "Draw a digit here";
  }

  async update(data, send) {
    this.send = send;
    this.classifier = await openNetwork(data.classifier);
    const network = await openNetwork(data.network);
    if (network === this.network || !this.host.isConnected) return;
    this.network = network;
    const units = data.active.length;
    this.find("size").textContent = `Bottleneck: ${units} number${units > 1 ? "s" : ""}`;
    const pixels = `${imageSize(DIGIT_SHAPE)} pixels`;
    const sizes = [pixels, `${units} number${units > 1 ? "s" : ""}`, pixels]; // at both ends of the network and its waist
    this.find("sizes").replaceChildren(
      ...sizes.map((text) => Object.assign(document.createElement("span"), { textContent: text })),
    );
    this.usual = data.usual;
    this.drag.firstChild.textContent = `Drag ${units > 1 ? "a" : "the"} number up or down (shaded: usual values)`;
    const examples = Float32Array.from(fromBase64(data.examples, Uint8Array), (byte) => byte / 255);
    this.examples = splitImages(examples, DIGIT_SHAPE);
    this.diagram?.destroy();
    const part = (name) => network.layers(name);
    this.diagram = new Diagram(
      this.find("diagram"),
      { encode: part("encode"), decode: part("decode") },
      {
        height: HERO_HEIGHT,
        ends: "none",
        units: true,
        widest: HERO_BAR,
        fan: true,
        active: data.active,
        ranges: data.ranges,
        usual: data.usual,
        above: this.drag,
        onUnit: (unit) => this.send({ unit, code: this.code ? Array.from(this.code) : null }),
        onChange: (unit, value) => this.dragged(unit, value),
        onOutput: (pixels) => paintImage(this.output, pixels),
      },
    );
    if (this.drawing) return this.draw(this.pad.pixels(), false); // drawn before this network was there
    this.showExample();
    if (!reducedMotion()) this.timer = setInterval(() => document.hidden || this.showExample(), HERO_PAUSE);
  }

  stop() {
    clearInterval(this.timer);
  }

  showExample() {
    if (!this.examples) return; // the network has not arrived yet
    this.shown = (this.shown + 1) % this.examples.length;
    this.drawing = false;
    this.find("head").textContent = "Draw your own over it";
    this.find("class").removeAttribute("role");
    this.pad.show(this.examples[this.shown]);
    this.draw(this.examples[this.shown], true);
  }

  drawn(pixels) {
    this.stop();
    this.own();
    this.find("class").setAttribute("role", "status"); // announced only where the person drew, not for examples
    this.draw(pixels, false);
  }

  async compute(pixels, wave) {
    if (!this.network) return;
    if (!pixels) {
      this.code = this.pixels = this.passed = null;
      this.name(false);
      this.diagram.clear();
      paintImage(this.output, new Float32Array(imageSize(DIGIT_SHAPE)));
      this.find("class").textContent = "";
      return;
    }
    const encode = await this.network.values("encode", pixels);
    this.code = encode.at(-1).values;
    this.passed = { input: pixels, encode };
    await this.decode(this.code, wave);
  }

  // A bar of the code was dragged: the code is no longer that of the digit on the pad.
  dragged(unit, value) {
    if (!this.code) return;
    this.stop();
    this.code = this.code.map((own, at) => (at === unit ? value : own));
    this.change(this.code);
  }

  // Names the output. cut: whether the code was changed by hand, and can be reset.
  name(cut) {
    this.back.hidden = !cut;
    this.find("output .hero-head").textContent = cut ? "Decoded from the changed numbers" : "Reconstruction";
  }

  // Whether a value lies farther outside the usual range of its unit than a quarter of that.
  strange(value, unit) {
    const [low, high] = this.usual[unit];
    const own = this.passed.encode.at(-1).values[unit]; // of the digit on the pad, which may be unusual itself
    const room = (high - low) / 4;
    return value < Math.min(low, own) - room || value > Math.max(high, own) + room;
  }

  async decode(code, wave = false) {
    if (!this.passed) return; // the pad was cleared
    const { input, encode } = this.passed;
    const cut = code !== encode.at(-1).values;
    this.name(cut);
    const decode = await this.network.values("decode", code);
    const reconstructed = decode.at(-1).values;
    this.pixels = reconstructed;
    const own = cut ? [...encode.slice(0, -1), { ...encode.at(-1), values: code }] : encode;
    this.diagram.setValues({ input, encode: own, decode }, { wave, cut });
    if (wave) this.find("class").textContent = ""; // that of the image before
    await new Promise((resolve) => setTimeout(resolve, wave && !reducedMotion() ? 600 : 0)); // when it has come through
    if (this.pixels !== reconstructed) return;
    const logits = await this.classifier.run("classify", reconstructed);
    const far = cut && code.some((value, unit) => this.strange(value, unit));
    const words = far ? "Outside the usual values" : `Classified as ${classLabel(logits)}`;
    this.find("class").textContent = words;
    this.output.setAttribute("aria-label", `The reconstruction. ${words}`);
  }

  destroy() {
    this.stop();
    this.pad.destroy();
    this.diagram?.destroy();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  const hero = (parentElement.hero ??= new Hero(parentElement));
  hero.update(data, (message) => setTriggerValue("unit", message));
  return () => {
    hero.destroy();
    parentElement.hero = null;
  };
});
