// A plane for a code of two units, over the digits that its points decode to. Keyboards use the sliders beside it.
// Needs the style "code_pad".

import { oncePerFrame } from "./digit.js";
import { planeTiles } from "./plane_tiles.js";

const UNITS_TILES = 11; // digits on each side, unless the page says how many

export class CodePad {
  // low, high: the ends of both axes. onMove([x, y]), onEnd(): as for UnitSliders.
  constructor(root, { low, high, tiles = UNITS_TILES, onMove, onEnd }) {
    Object.assign(this, { root, low, high, tiles });
    root.classList.add("code-pad");
    root.setAttribute("aria-hidden", "true");
    this.cross = root.appendChild(document.createElement("s")); // links the ring to the strips of both units
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

  // Fills the plane with decoded digits. decode: an async function from a code to an image.
  fill(decode) {
    const [[left, bottom], [right, top]] = [this.low, this.high];
    this.root.prepend(planeTiles({ left, right, bottom, top }, this.tiles, decode));
  }

  setStart(code) {
    this.put(this.start, code);
  }

  show(code) {
    this.put(this.ring, code);
    for (const side of ["left", "top"]) this.root.style.setProperty(`--${side}`, this.ring.style[side]);
  }

  put(mark, code) {
    const share = (axis) => (code[axis] - this.low[axis]) / (this.high[axis] - this.low[axis]);
    mark.style.left = `${100 * share(0)}%`;
    mark.style.top = `${100 * (1 - share(1))}%`;
  }
}
