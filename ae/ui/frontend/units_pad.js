// A plane for a code of two units, over the digits that its points decode to. Keyboards use the sliders beside it.
// Needs the style "code_pad".

import { oncePerFrame } from "./digit.js";

const UNITS_TILES = 11; // digits on each side
const UNITS_TILE = 28; // pixels

export class CodePad {
  // low, high: the ends of both axes. onMove([x, y]), onEnd(): as for UnitSliders.
  constructor(root, { low, high, onMove, onEnd }) {
    Object.assign(this, { low, high });
    root.classList.add("code-pad");
    root.setAttribute("aria-hidden", "true");
    this.canvas = root.appendChild(document.createElement("canvas"));
    this.canvas.width = this.canvas.height = UNITS_TILES * UNITS_TILE;
    this.ring = root.appendChild(document.createElement("b"));
    this.start = root.appendChild(document.createElement("i"));
    const move = oncePerFrame((event) => onMove(this.codeAt(root, event)));
    root.onpointerdown = (event) => {
      root.setPointerCapture(event.pointerId);
      move(event);
    };
    root.onpointermove = (event) => root.hasPointerCapture(event.pointerId) && move(event);
    root.onpointerup = () => requestAnimationFrame(onEnd);
  }

  codeAt(root, event) {
    const box = root.getBoundingClientRect();
    const inside = (share) => Math.max(0, Math.min(1, share));
    const shares = [inside((event.clientX - box.left) / box.width), inside(1 - (event.clientY - box.top) / box.height)];
    return shares.map((share, axis) => this.low[axis] + share * (this.high[axis] - this.low[axis]));
  }

  // Fills the plane with decoded digits, a row a frame. decode: a row of codes to a row of images.
  async fill(decode) {
    const pen = this.canvas.getContext("2d");
    const at = (axis, share) => this.low[axis] + share * (this.high[axis] - this.low[axis]);
    for (let row = 0; row < UNITS_TILES; row++) {
      const codes = new Float32Array(2 * UNITS_TILES);
      for (let column = 0; column < UNITS_TILES; column++) {
        codes[2 * column] = at(0, (column + 0.5) / UNITS_TILES);
        codes[2 * column + 1] = at(1, 1 - (row + 0.5) / UNITS_TILES);
      }
      const images = await decode(codes);
      const tile = new ImageData(UNITS_TILE, UNITS_TILE);
      for (let column = 0; column < UNITS_TILES; column++) {
        for (let pixel = 0; pixel < UNITS_TILE ** 2; pixel++) {
          const grey = 255 * images[column * UNITS_TILE ** 2 + pixel];
          tile.data.set([grey, grey, grey, 255], 4 * pixel);
        }
        pen.putImageData(tile, column * UNITS_TILE, row * UNITS_TILE);
      }
      await new Promise(requestAnimationFrame);
    }
  }

  setStart(code) {
    this.put(this.start, code);
  }

  show(code) {
    this.put(this.ring, code);
  }

  put(mark, code) {
    const share = (axis) => (code[axis] - this.low[axis]) / (this.high[axis] - this.low[axis]);
    mark.style.left = `${100 * share(0)}%`;
    mark.style.top = `${100 * (1 - share(1))}%`;
  }
}
