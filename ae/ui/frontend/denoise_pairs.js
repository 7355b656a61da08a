// The noisy images against those of one of the rows below them, in pairs with a divider that is dragged across all.

import { Divider } from "./divider.js";
import { copyImage } from "./images.js";

export class DenoisePairs {
  constructor(root) {
    const line = root.appendChild(document.createElement("label"));
    line.append("Noisy against ");
    this.choice = line.appendChild(document.createElement("select"));
    this.choice.onchange = () => this.draw();
    this.divider = new Divider(root.appendChild(document.createElement("div")), { names: ["noisy", "denoised"] });
  }

  // rows: the noisy one first, then one for each method, of count images. labels: of the images. style: the width of a row, as on the screen's other rows.
  build(rows, count, labels, style) {
    Object.assign(this, { rows, count, labels });
    this.divider.root.style.cssText += style;
    this.choice.replaceChildren(...rows.slice(1).map((row, i) => new Option(row.name, i + 1)));
  }

  draw() {
    const [noisy, other] = [this.rows[0], this.rows[Number(this.choice.value)]];
    this.divider.rename(["noisy", other.name]);
    this.divider.show(this.count, this.labels).forEach(({ left, right }, i) => {
      copyImage(left, noisy.canvases[i], 0, 0, noisy.canvases[i].width);
      copyImage(right, other.canvases[i], 0, 0, other.canvases[i].width);
    });
  }
}
