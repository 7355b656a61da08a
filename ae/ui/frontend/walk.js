// One large image for each model and way, decoded at the place on the path that the player stands at; the cross-fade of
// pixels beside them, and the path on the first model's map of the latent space, whose ends can be dragged from image to
// image. Beside the player are the images at the ends; rows below it have those of all steps.
// Sends the triggers "ask" and "dropped": { end: 0 or 1, index: of the test image }.
import { RECOGNISED, capital, classifiedAs } from "./classifying.js";
import { fromBase64, oncePerFrame, softmax } from "./digit.js";
import { make } from "./elements.js";
import { imageCanvas, paintImage, splitImages } from "./images.js";
import { linkRow, offerImage, onPoint, pointAt } from "./linked.js";
import { mounted } from "./mounted.js";
import { openNetwork } from "./network.js";
import { openSheet } from "./pictures.js";
import { Player } from "./player.js";
import { Scatter, scatterLegend } from "./scatter.js";
import { codeAt } from "./walk_path.js";
import { WalkRows } from "./walk_rows.js";

const WALK_LINE = 60; // parts of a path's line on the map

const walkElement = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

const walkPause = () => new Promise((resume) => setTimeout(resume));

// A large image with its name above it and its class below, or some digits with their probabilities beside it.
class WalkTile {
  constructor(name, colour, digits) {
    this.name = name;
    this.root = walkElement("figure", "walk-tile");
    const title = walkElement("figcaption", "walk-name", name);
    if (colour) {
      const dot = walkElement("i", "walk-dot");
      dot.style.background = colour;
      title.prepend(dot);
    }
    this.canvas = imageCanvas(name);
    this.bar = walkElement("div", "walk-bar");
    this.words = walkElement("div", "walk-class");
    this.root.append(title, this.canvas, this.bar, this.words);
    if (digits.length) this.shares = new WalkShares(this.root, digits);
    this.pixels = null;
  }

  paint(pixels) {
    this.pixels = pixels;
    paintImage(this.canvas, pixels);
  }

  classify(logits) {
    const { share, words } = classifiedAs(logits, RECOGNISED);
    this.words.textContent = capital(words);
    this.bar.style.setProperty("--share", `${100 * share}%`);
    this.shares?.show(softmax(logits));
    this.canvas.setAttribute("aria-label", `${this.name}: ${words}`);
  }
}

// The probabilities of some digits and of all others, as bars.
class WalkShares {
  constructor(parent, digits) {
    this.digits = digits;
    this.root = make(parent, "div", "walk-shares");
    make(this.root, "small", "", "How sure the classifier is");
    this.rows = [...digits.map(String), "other"].map((name) => {
      make(this.root, "b", "", name);
      return [make(this.root, "i"), make(this.root, "span")];
    });
  }

  show(probabilities) {
    const shares = this.digits.map((digit) => Math.round(100 * probabilities[digit]));
    shares.push(100 - shares.reduce((sum, share) => sum + share, 0));
    this.rows.forEach(([bar, words], at) => {
      bar.style.setProperty("--share", `${shares[at]}%`);
      words.textContent = `${shares[at]}%`;
    });
  }
}

class WalkView {
  turn = 0; // counts the places shown, to classify the newest
  share = 0.5; // of the way: halfway, where the paths differ most

  constructor(host) {
    const part = (name) => host.querySelector(`.walk-${name}`);
    Object.assign(this, { host, root: part("root"), digits: part("digits"), spoken: part("spoken"), legend: part("legend"), why: part("why"), key: part("key") });
    this.rows = new WalkRows(part("rows"), (step) => this.player.seek(step));
    this.title = part("title");
    this.scatter = new Scatter(part("map").querySelector("canvas"), { axes: ["", ""] });
    this.follow = oncePerFrame(() => this.show());
    this.thumbs = ["Start", "End"].map(imageCanvas); // beside the player
    const [from, to] = this.thumbs.map((canvas, end) => {
      const place = walkElement("figure", "walk-end", ["From", "To"][end]);
      place.append(canvas);
      return place;
    });
    part("player").prepend(from);
    part("player").append(to);
    this.player = new Player(part("player").children[1], {
      name: "Step",
      near: true,
      onFrame: (position) => {
        if (!this.data) return;
        this.share = position / this.data.steps;
        this.follow();
      },
      onRest: () => this.speak(),
    });
    this.scatter.onMove = ({ index }) => pointAt(this, index === null ? null : { dataset: this.data.dataset, index });
    this.scatter.onHandle = (end, { index }, done) => this.moveEnd(end, index, done);
    this.scatter.onLeave = () => pointAt(this, null);
    this.scatter.onPick = ({ index }) => index !== null && this.offer(part("anchor"), index);
    this.forget = onPoint((image) => {
      const here = image && image.dataset === this.data?.dataset && image.index < (this.data.map?.count ?? 0);
      this.scatter.highlight(here ? image.index : null);
    });
  }

  update(data, ask, drop) {
    Object.assign(this, { data, drop, indices: [...data.indices] });
    linkRow(this.thumbs, (end) => this.endImage(end));
    const pixels = Float32Array.from(fromBase64(data.pixels, Uint8Array), (byte) => byte / 255);
    this.ends = splitImages(pixels, data.shape);
    const structure = JSON.stringify([data.models.map(({ name, colour }) => [name, colour]), data.ways, data.fade, data.shares]);
    if (structure !== this.structure) this.build();
    this.structure = structure;
    this.models = data.models.map((model, m) => {
      const codes = fromBase64(model.codes, Float32Array);
      const along = Object.fromEntries(
        Object.entries(model.along).map(([way, text]) => [way, fromBase64(text, Float32Array)]),
      );
      const ends = [codes.subarray(0, model.size), codes.subarray(model.size)];
      return { ...model, ends, along, tiles: this.tiles.slice(m * data.ways.length, (m + 1) * data.ways.length) };
    });
    this.open(data, ask);
    this.root.classList.toggle("alone", !data.map);
    this.root.classList.toggle("unclassified", !data.classifier);
    if (data.map) this.drawMap();
    const share = this.share; // setFrames may move
    const heads = Array.from({ length: data.steps + 1 }, (_, i) => `${i}/${data.steps}`);
    this.player.setFrames(heads);
    this.player.seek(share * data.steps);
    this.root.style.setProperty("--wrong", data.wrong);
    this.root.style.setProperty("--n", heads.length);
    this.key.textContent = data.key;
    this.rows.show(data.rows, heads, data.shape[1]);
  }

  build() {
    const { data } = this;
    const named = (model, way) => (data.ways.length > 1 ? `${model.name}, ${way}` : model.name);
    this.tiles = data.models.flatMap((model) => data.ways.map((way) => new WalkTile(named(model, way), model.colour, data.shares)));
    this.fade = new WalkTile(data.fade, "", data.shares);
    this.tiles.push(this.fade);
    this.digits.replaceChildren(...this.tiles.map((tile) => tile.root));
  }

  async open(data, ask) {
    const each = { host: this.host, ask, answer: data.answer };
    for (const model of this.models) {
      openNetwork(model.network, each).then((network) => {
        model.decoder = network;
        this.follow();
      });
    }
    this.images = data.images ? await openSheet(data.images, data.shape) : null;
    this.classifier = data.classifier ? await openNetwork(data.classifier) : null;
    this.follow();
  }

  codes(model, share) {
    const found = new Float32Array(this.data.ways.length * model.size);
    this.data.ways.forEach((way, i) => found.set(codeAt(way, ...model.ends, share, model.along[way]), i * model.size));
    return found;
  }

  // Show the place on every path.
  show() {
    const { share } = this;
    this.turn += 1;
    this.rows.mark(Math.round(share * this.data.steps));
    this.fade.paint(codeAt("linear", ...this.ends, share));
    this.thumbs.forEach((canvas, end) => paintImage(canvas, this.ends[end]));
    for (const model of this.models) {
      model.decoder?.run("decode", this.codes(model, share)).then((images) => {
        splitImages(images, this.data.shape).forEach((pixels, i) => model.tiles[i].paint(pixels));
        this.root.dataset.share = share;
        this.classify();
      });
    }
    if (this.data.map) this.placeDots();
  }

  // Classify one digit at a time, so that the player never waits, until all are of the newest place.
  async classify() {
    if (this.busy || !this.classifier) return;
    this.busy = true;
    let turn = null;
    while (turn !== this.turn) {
      turn = this.turn;
      for (const tile of this.tiles) {
        await walkPause();
        if (tile.pixels) tile.classify(await this.classifier.run("classify", tile.pixels));
      }
    }
    this.busy = false;
    this.root.dataset.classified = this.share;
  }

  speak() {
    this.spoken.textContent = this.tiles.map((tile) => tile.canvas.getAttribute("aria-label")).join(". ");
  }

  // The test image at an end, as it is offered in a menu.
  endImage(end) {
    const index = this.indices[end];
    const name = index === this.data.indices[end] ? this.data.names[end] : `image ${index}`;
    return { dataset: this.data.dataset, index, run: this.models?.[0].id ?? "", name: `${["From", "To"][end]} ${name}` };
  }

  // Open the menu of a test image at its point.
  offer(anchor, index) {
    const { x, y } = this.scatter.points;
    const [left, top] = this.scatter.toPixels(x[index], y[index]);
    Object.assign(anchor.style, { left: `${left}px`, top: `${top}px` });
    offerImage(anchor, { dataset: this.data.dataset, index, run: this.models[0].id, name: `Image ${index}` });
  }

  toPlane(code) {
    const { origin, axes } = this.data.map.plane;
    return axes.map((axis) => axis.reduce((sum, value, i) => sum + value * (code[i] - origin[i]), 0));
  }

  // The places of the first model's paths on its map, one for each way.
  onMap(share) {
    const [first] = this.models;
    const codes = this.codes(first, share);
    return this.data.ways.map((_, i) => this.toPlane(codes.subarray(i * first.size, (i + 1) * first.size)));
  }

  drawMap() {
    const { map } = this.data;
    const shown = JSON.stringify([map.x.length, map.x.slice(0, 200), map.area]);
    if (shown !== this.shown) {
      this.scatter.setPoints({
        x: fromBase64(map.x, Float32Array),
        y: fromBase64(map.y, Float32Array),
        labels: fromBase64(map.labels, Uint8Array),
        colours: map.colours,
        names: map.names,
      });
      this.scatter.setAxes(map.axes);
      this.scatter.setArea(map.area);
      // Names stand on the map unless the classes are too many.
      scatterLegend(this.legend, this.scatter.names.length ? [] : map.names, map.colours);
    }
    this.shown = shown;
    this.title.textContent = map.title;
    this.why.textContent = map.why;
    this.scatter.setLabel(`${map.title}, coloured by class, with the path from image to image.`);
    this.drawPath();
    this.scatter.setFaint(map.faint, this.path);
  }

  drawPath() {
    const { ways } = this.data;
    const lines = ways.map(() => []);
    for (let i = 0; i <= WALK_LINE; i++) this.onMap(i / WALK_LINE).forEach((place, way) => lines[way].push(place));
    this.path = lines.flatMap((line) => [...line, null]);
    this.corners = [...this.onMap(0).slice(0, 1), ...this.onMap(1).slice(0, 1)];
    this.scatter.setHandles(this.data.images ? this.corners : [], ["From", "To"]);
  }

  // Lay an end of the paths to a test image. The server is told where it is dropped; only the server computes the ways
  // that have codes along them, so these wait for it.
  moveEnd(end, index, done) {
    if (!this.images || index === null) return;
    if (index !== this.indices[end]) {
      this.scatter.setFaint([], this.scatter.avoided); // any class may be next
      this.indices[end] = index;
      this.ends[end] = this.images(index);
      this.follow();
      for (const model of this.models) this.moveCode(model, end, index);
    }
    if (done) this.drop({ end, index });
  }

  async moveCode(model, end, index) {
    const code = await model.decoder?.run("encode", this.images(index));
    if (!code || this.indices[end] !== index || !this.models.includes(model)) return;
    model.ends[end] = code;
    if (model === this.models[0]) this.drawPath();
    this.follow();
  }

  placeDots() {
    const [first, ...others] = this.onMap(this.share);
    this.scatter.setPath(this.path, [...this.corners, ...others]);
    this.scatter.setMark(first);
  }

  end() {
    this.player.destroy();
    this.scatter.destroy();
    this.forget();
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  parentElement.walkView ??= new WalkView(parentElement);
  const send = (trigger) => (value) => setTriggerValue(trigger, value);
  parentElement.walkView.update(data, send("ask"), send("dropped"));
  return () => {
    parentElement.walkView?.end();
    delete parentElement.walkView;
  };
});
