// The bars of a diagram's latent units: one for each, with its value; hatched where the unit is inactive.
// zero: whether an inactive unit is always 0. usual: [low, high] of each unit, shaded behind its bar. onChange(unit, value): a bar was dragged; this needs ranges, the
// [low, high] of each unit, and without it bars only show.

const DIAGRAM_BARS = 64; // more would be too thin to hit

export class DiagramUnits {
  constructor(root, { active, ranges, usual, zero, onChange }) {
    this.root = root.appendChild(document.createElement("div"));
    this.root.className = "diagram-units";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Latent code");
    Object.assign(this, { active, ranges, usual, zero, onChange, bars: [] });
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
    const bar = this.root.appendChild(document.createElement("span"));
    bar.className = "diagram-unit";
    const track = bar.appendChild(document.createElement("i"));
    track.dataset.off = this.zero ? "always 0" : "inactive";
    if (this.usual) {
      const [[low, high], [bottom, top]] = [this.usual[unit], this.ranges[unit]];
      const shade = track.appendChild(document.createElement("em"));
      const [from, to] = [low, high].map((end) => (100 * (end - bottom)) / (top - bottom || 1));
      shade.style.cssText = `bottom:${from}%;height:${to - from}%`;
    }
    track.appendChild(document.createElement("b"));
    if (this.onChange) track.appendChild(document.createElement("u")); // the handle
    bar.appendChild(document.createElement("small"));
    if (this.onChange) this.follow(bar, track, unit);
    else bar.setAttribute("role", "img");
    return bar;
  }

  // Makes a bar a slider for the pointer, a finger and the arrow keys.
  follow(bar, track, unit) {
    const [low, high] = this.ranges[unit];
    const set = (value) => this.active?.[unit] === false || this.onChange(unit, Math.min(high, Math.max(low, value)));
    const point = (event) => {
      const { bottom, height } = track.getBoundingClientRect();
      set(low + ((bottom - event.clientY) / height) * (high - low));
    };
    bar.classList.add("diagram-slider");
    bar.tabIndex = 0;
    const said = { role: "slider", "aria-orientation": "vertical", "aria-valuemin": low, "aria-valuemax": high };
    Object.entries(said).forEach(([name, value]) => bar.setAttribute(name, value));
    bar.onpointerdown = (event) => {
      if (event.pointerType === "touch" && event.target.tagName !== "U") return; // it may scroll the page
      event.preventDefault(); // no text is selected
      bar.focus();
      bar.setPointerCapture(event.pointerId);
      point(event);
    };
    bar.onpointermove = (event) => bar.hasPointerCapture(event.pointerId) && point(event);
    bar.onclick = (event) => event.pointerType === "touch" && point(event);
    bar.onkeydown = (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      set((this.code?.[unit] ?? 0) + (step * (high - low)) / 40);
    };
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
      bar.style.setProperty("--at", `${100 * Math.max(0, Math.min(1, (value - bottom) / height))}%`);
      bar.style.setProperty("--zero", `${(-100 * bottom) / height}%`);
      bar.classList.toggle("negative", value < 0);
      bar.lastChild.textContent = off ? (this.zero ? "0" : "off") : code ? diagramNumber(value) : "";
      const words = off ? `inactive: ${this.zero ? "always 0" : "the same for every image"}` : code ? value.toFixed(2) : "no value yet";
      bar.title = `Unit ${unit}: ${words}`;
      bar.setAttribute("aria-label", this.onChange ? `Unit ${unit}` : bar.title);
      if (this.onChange) bar.setAttribute("aria-valuenow", value.toFixed(2));
    });
  }
}

const diagramNumber = (value) => (Math.abs(value) < 99.95 ? value.toFixed(1) : value.toFixed(0)).replace("-", "−");
