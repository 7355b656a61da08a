// A pad to draw a digit on, with the mouse, a finger or the keyboard, and the digit scaled and centred as in MNIST.

const PAD_SIDE = 280;
const PAD_PEN = 28; // 2 pixels of the result, however large the digit: no stroke has to be thickened
const PAD_STEP = 10; // of the keyboard's pen; ten times 28 is 280
const PAD_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** A pad in `root`. `onStroke(pixels, ended)` receives the digit, Float32Array(784) in [0, 1], or null where there is
 * none: once a frame during a stroke, and with `ended` true after it and after Clear. */
export class DrawingPad {
  constructor(root, { label = "Draw a digit here", onStroke = () => {} } = {}) {
    this.onStroke = onStroke;
    this.down = false;
    this.last = null; // the pen's position
    this.frame = 0;
    this.root = root;
    root.classList.add("drawing");
    const part = (name, place, settings) => place.appendChild(Object.assign(document.createElement(name), settings));
    const field = part("div", root, { className: "drawing-field" });
    this.canvas = part("canvas", field, { tabIndex: 0, width: PAD_SIDE, height: PAD_SIDE });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `${label}. Arrow keys move the pen, Space lowers and lifts it.`);
    this.hint = part("span", field, { className: "drawing-hint", textContent: label, ariaHidden: "true" });
    this.ring = part("span", field, { className: "drawing-pen", hidden: true });
    const below = part("div", root, { className: "drawing-below" });
    this.button = part("button", below, { type: "button", textContent: "Clear" });
    this.state = part("span", below, { className: "drawing-state" });
    this.state.setAttribute("role", "status");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.#erase();
    this.canvas.onpointerdown = (event) => this.#press(event);
    this.canvas.onpointermove = (event) => this.#move(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.#lift();
    this.canvas.onkeydown = (event) => this.#key(event);
    this.canvas.onblur = () => this.#leave();
    this.button.onclick = () => this.clear();
  }

  /** Erase the pad. */
  clear() {
    this.#erase();
    this.#tell(true);
  }

  /** Put a digit on the pad, 784 numbers in [0, 1], or erase it where it is null; `onStroke` is not called. */
  show(pixels) {
    this.#erase();
    if (!pixels) return;
    this.hint.hidden = true;
    const square = PAD_SIDE / 28;
    pixels.forEach((shade, at) => {
      this.pen.fillStyle = `rgb(${Math.round(255 * shade)} ${Math.round(255 * shade)} ${Math.round(255 * shade)})`;
      this.pen.fillRect((at % 28) * square, Math.floor(at / 28) * square, square, square);
    });
  }

  /** Return the digit on the pad, as `onStroke` receives it. */
  pixels() {
    const { data } = this.pen.getImageData(0, 0, PAD_SIDE, PAD_SIDE);
    const picture = new Uint8Array(PAD_SIDE * PAD_SIDE);
    for (let at = 0; at < picture.length; at++) picture[at] = data[4 * at];
    return digitOf(picture, PAD_SIDE);
  }

  /** Remove the pad. */
  destroy() {
    cancelAnimationFrame(this.frame);
    this.root.replaceChildren();
  }

  #erase() {
    this.hint.hidden = false;
    this.pen.fillStyle = "#000";
    this.pen.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
  }

  #press(event) {
    if (event.button) return;
    this.down = true;
    this.#leave();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.#place(event);
    this.#draw(this.last);
  }

  #move(event) {
    if (!this.down) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) this.#draw(this.#place(each));
  }

  #lift() {
    if (!this.down) return;
    this.down = false;
    this.#tell(true);
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * PAD_SIDE) / box.width, ((event.clientY - box.top) * PAD_SIDE) / box.height];
  }

  #draw(to) {
    Object.assign(this.pen, { strokeStyle: "#fff", lineWidth: PAD_PEN, lineCap: "round" });
    this.pen.beginPath();
    this.pen.moveTo(...this.last);
    this.pen.lineTo(...to); // a line to where it begins is a dot
    this.pen.stroke();
    this.hint.hidden = true;
    this.last = to;
    this.frame ||= requestAnimationFrame(() => this.#tell(false));
  }

  #tell(ended) {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.onStroke(this.pixels(), ended);
  }

  #key(event) {
    const step = PAD_KEYS[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault(); // no scrolling
    if (this.ring.hidden) {
      this.last = [PAD_SIDE / 2, PAD_SIDE / 4];
      this.ring.hidden = false;
    } else if (step) {
      const to = this.last.map((at, axis) => Math.min(Math.max(at + PAD_STEP * step[axis], 0), PAD_SIDE));
      if (this.penDown) this.#draw(to);
      this.last = to;
    }
    if (event.key === " ") {
      this.penDown = !this.penDown;
      if (this.penDown) this.#draw(this.last);
      else this.#tell(true);
    }
    this.ring.style.left = `${(100 * this.last[0]) / PAD_SIDE}%`;
    this.ring.style.top = `${(100 * this.last[1]) / PAD_SIDE}%`;
    this.state.textContent = this.penDown ? "Pen down: arrow keys draw" : "Pen up: Space lowers it";
  }

  #leave() {
    if (this.penDown) this.#tell(true);
    this.penDown = false;
    this.ring.hidden = true;
    this.state.textContent = "";
  }
}

/** Scale and centre the digit in a grey picture as in MNIST: `picture` has side x side shades from 0 to 255, white on
 * black. Return Float32Array(784) in [0, 1], or null if there is no digit. The same as `ae.data.drawing.from_array` for
 * a pad's clean strokes: no uneven light, no frame, no strokes that are too thin. */
export function digitOf(picture, side) {
  const ink = drawingInk(picture, side);
  if (!ink) return null;
  const { share, left, top, width, height } = ink;
  const scale = Math.max(width, height) / 20;
  const columns = drawingBlocks(width, Math.max(1, drawingRound(width / scale)));
  const rows = drawingBlocks(height, Math.max(1, drawingRound(height / scale)));
  const small = rows.flatMap(([first, last]) =>
    columns.map(([begin, end]) => {
      let sum = 0;
      for (let y = top + first; y < top + last; y++) {
        for (let x = left + begin; x < left + end; x++) sum += share[y * side + x];
      }
      return sum / ((last - first) * (end - begin));
    }),
  );
  const white = Math.max(drawingQuantile(small.filter((value) => value > 0), 0.9), 1e-6);
  return drawingCentred(
    small.map((value) => drawingRound(255 * Math.min(value / white, 1)) / 255),
    columns.length,
  );
}

// How much ink each pixel has, 0 to 1, and the box around it. Specks much smaller than the largest stroke are dust.
function drawingInk(picture, side) {
  const peak = drawingPeak(picture);
  if (peak < 30) return null;
  const share = new Float32Array(picture.length);
  for (let at = 0; at < share.length; at++) share[at] = Math.min(picture[at] / peak, 1);
  const { parts, areas } = drawingParts(share, side);
  const least = Math.max(0.06 * Math.max(...areas), 1);
  const kept = (at) => areas[parts[at]] >= least;
  let [left, right, top, bottom] = [side, -1, side, -1];
  for (let at = 0; at < share.length; at++) {
    if (!share[at]) continue;
    const x = at % side;
    const y = (at - x) / side;
    const nearby = (x > 0 && kept(at - 1)) || (x < side - 1 && kept(at + 1)) || kept(at - side) || kept(at + side);
    if (share[at] <= 0.12 || !(kept(at) || nearby)) {
      share[at] = 0;
      continue;
    }
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    bottom = y;
  }
  return right < 0 ? null : { share, left, top, width: right - left + 1, height: bottom - top + 1 };
}

// The shade of the strongest ink, apart from outliers; counted, because sorting a whole pad takes milliseconds.
function drawingPeak(picture) {
  const counts = new Uint32Array(256);
  for (const shade of picture) counts[shade]++;
  const shadeAt = (place) => {
    let shade = 0;
    for (let passed = counts[0]; passed <= place; passed += counts[++shade]);
    return shade;
  };
  const at = 0.995 * (picture.length - 1);
  const below = shadeAt(Math.floor(at));
  const most = shadeAt(picture.length - 1);
  return Math.max(below + (at % 1) * (shadeAt(Math.ceil(at)) - below), 0.6 * most);
}

// The number of the connected stroke that each pixel belongs to, 0 for none, and the area of each.
function drawingParts(share, side) {
  const parts = new Uint16Array(share.length);
  const stack = new Uint32Array(share.length);
  const areas = [0];
  for (let start = 0; start < share.length; start++) {
    if (parts[start] || share[start] <= 0.35) continue;
    const number = areas.length;
    let [area, waiting] = [0, 1];
    stack[0] = start;
    parts[start] = number;
    while (waiting) {
      const at = stack[--waiting];
      const x = at % side;
      const y = (at - x) / side;
      area++;
      for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, side - 1); row++) {
        const last = row * side + Math.min(x + 1, side - 1);
        for (let near = row * side + Math.max(x - 1, 0); near <= last; near++) {
          if (parts[near] || share[near] <= 0.35) continue;
          parts[near] = number;
          stack[waiting++] = near;
        }
      }
    }
    areas.push(area);
  }
  return { parts, areas };
}

// The first pixel and the one after the last of each of `count` blocks of a side, as Pillow's box filter averages them.
function drawingBlocks(side, count) {
  const scale = side / count;
  const edge = (centre, half) => Math.floor(centre + half + 0.5); // rounded as Pillow does where a pixel is cut in two
  return Array.from({ length: count }, (_, i) => [
    edge((i + 0.5) * scale, -scale / 2),
    edge((i + 0.5) * scale, scale / 2),
  ]);
}

// A digit on a field of 28 x 28 with its centre of mass in the middle.
function drawingCentred(digit, width) {
  const height = digit.length / width;
  let [mass, sumX, sumY] = [0, 0, 0];
  digit.forEach((shade, at) => {
    mass += shade;
    sumX += shade * (at % width);
    sumY += shade * Math.floor(at / width);
  });
  const inside = (start, size) => Math.min(Math.max(start, 0), 28 - size);
  const left = inside(drawingRound(13.5 - sumX / mass), width);
  const top = inside(drawingRound(13.5 - sumY / mass), height);
  const field = new Float32Array(784);
  digit.forEach((shade, at) => {
    field[(top + Math.floor(at / width)) * 28 + left + (at % width)] = shade;
  });
  return field;
}

function drawingQuantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
}

// As Python rounds: halves to the even neighbour.
function drawingRound(value) {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
