// The bars of a diagram's latent units: one for each, with its value; struck where the unit is inactive.

const DIAGRAM_BARS = 64; // more would be too thin to hit

export class DiagramUnits {
  constructor(root, { active, ranges, onUnit }) {
    this.root = root.appendChild(document.createElement("div"));
    this.root.className = "diagram-units";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Latent code");
    Object.assign(this, { active, ranges, onUnit, bars: [] });
  }

  // widest: the most pixels for a bar.
  place(count, column, width, widest = 40) {
    const shown = count <= DIAGRAM_BARS && count * 5 <= width ? count : 0;
    const each = Math.min(widest, width / Math.max(1, count));
    const left = Math.max(0, Math.min(width - shown * each, column.x + column.width / 2 - (shown * each) / 2));
    Object.assign(this.root.style, { marginLeft: `${left}px`, width: `${shown * each}px` });
    this.root.classList.toggle("dense", each < 26);
    this.root.hidden = !shown;
    if (this.bars.length !== shown) {
      this.root.replaceChildren();
      this.bars = Array.from({ length: shown }, (_, unit) => this.bar(unit));
    }
    this.setActive(this.active);
  }

  bar(unit) {
    const button = this.root.appendChild(document.createElement(this.onUnit ? "button" : "span"));
    button.className = "diagram-unit";
    if (this.onUnit) {
      button.type = "button";
      button.onclick = () => this.onUnit(unit);
    } else button.setAttribute("role", "img");
    const track = button.appendChild(document.createElement("i"));
    track.appendChild(document.createElement("b"));
    button.appendChild(document.createElement("small"));
    return button;
  }

  setActive(active) {
    this.active = active;
    this.bars.forEach((bar, unit) => bar.classList.toggle("off", active?.[unit] === false));
    this.describe();
  }

  setValues(code) {
    this.code = code;
    this.describe();
  }

  describe() {
    const { code, ranges } = this;
    const top = code ? code.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6) : 1;
    this.bars.forEach((bar, unit) => {
      const off = this.active?.[unit] === false;
      const [low, high] = ranges?.[unit] ?? [-top, top];
      const [bottom, height] = [Math.min(0, low), Math.max(0, high) - Math.min(0, low) || 1];
      const value = code?.[unit] ?? 0;
      const [from, to] = [Math.min(0, value), Math.max(0, value)].map((end) => (end - bottom) / height);
      bar.style.setProperty("--from", `${100 * Math.max(0, from)}%`);
      bar.style.setProperty("--size", `${100 * Math.max(0, Math.min(1, to) - Math.max(0, from))}%`);
      bar.style.setProperty("--zero", `${(-100 * bottom) / height}%`);
      bar.classList.toggle("negative", value < 0);
      bar.lastChild.textContent = off ? "off" : code ? diagramNumber(value) : "";
      const words = off ? "inactive: the same for every image" : code ? value.toFixed(2) : "no value yet";
      bar.title = `Unit ${unit}: ${words}`;
      bar.setAttribute("aria-label", bar.title);
    });
  }
}

const diagramNumber = (value) => (Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0)).replace("-", "−");
