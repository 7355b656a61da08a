// The noisy images against those of one of the rows below them, in pairs with a divider that is dragged across all.

import { Divider } from "./divider.js";

export class DenoisePairs {
  constructor(root) {
    const line = root.appendChild(document.createElement("label"));
    line.append("Noisy against ");
    this.choice = line.appendChild(document.createElement("select"));
    this.choice.onchange = () => this.draw();
    this.divider = new Divider(root.appendChild(document.createElement("div")), { names: ["noisy", "denoised"] });
  }

  // rows: the noisy one first, then one for each method. style: the width of a row, as on the screen's other rows.
  build(rows, labels, style) {
    this.rows = rows;
    this.labels = labels;
    this.divider.root.style.cssText += style;
    this.choice.replaceChildren(...rows.slice(1).map((row, i) => new Option(row.name, i + 1)));
  }

  draw() {
    const [noisy, other] = [this.rows[0], this.rows[Number(this.choice.value)]];
    this.divider.rename(["noisy", other.name]);
    this.divider.show(this.labels.length, this.labels).forEach(({ left, right }, i) => {
      left.getContext("2d").drawImage(noisy.canvases[i], 0, 0);
      right.getContext("2d").drawImage(other.canvases[i], 0, 0);
    });
  }
}
