// A slider for each latent unit, with a tick at the value that it started with.

// The value of a unit in words.

export class UnitSliders {
  // low, high: the ends of each slider. active: whether each unit is. shown: how many sliders there are at most.
  // onMove(unit, value): a slider moved. onEnd(): it was released.
  constructor(root, { low, high, active, shown, onMove, onEnd }) {
    Object.assign(this, { root, low, high, onMove, onEnd });
    root.replaceChildren();
    root.classList.toggle("two", Math.min(shown, low.length) > 2);
    this.rows = Array.from({ length: Math.min(shown, low.length) }, (_, unit) => this.row(unit, active[unit]));
  }

  row(unit, active) {
    const row = this.root.appendChild(document.createElement("label"));
    row.className = active ? "unit" : "unit off";
    const name = row.appendChild(document.createElement("span"));
    name.textContent = `Unit ${unit}`;
    const field = row.appendChild(document.createElement("span"));
    field.className = "unit-field";
    const [start, fill] = ["i", "b"].map((tag) => field.appendChild(document.createElement(tag)));
    start.textContent = "start";
    const input = field.appendChild(document.createElement("input"));
    const [low, high] = [this.low[unit], this.high[unit]];
    Object.assign(input, { type: "range", min: low, max: high, step: (high - low) / 200, disabled: !active });
    input.setAttribute("aria-label", active ? `Unit ${unit}` : `Unit ${unit}, inactive`);
    row.title = active ? "" : `Unit ${unit} is inactive: the same for every image`;
    const output = row.appendChild(document.createElement("output"));
    input.oninput = () => this.onMove(unit, Number(input.value));
    input.onchange = () => this.onEnd();
    return { row, input, output, active, start, fill };
  }

  share(unit, value) {
    return (value - this.low[unit]) / (this.high[unit] - this.low[unit]);
  }

  // Marks the code that the sliders started with.
  setStart(code) {
    this.rows.forEach(({ start }, unit) => start.style.setProperty("--start", this.share(unit, code[unit])));
  }

  show(code) {
    this.rows.forEach(({ input, output, active, fill }, unit) => {
      const value = code[unit];
      if (Math.abs(input.value - value) > input.step / 2) input.value = value; // but not the one under the hand
      const zero = Math.max(0, Math.min(1, this.share(unit, 0)));
      const [from, to] = [zero, this.share(unit, value)].sort((a, b) => a - b); // the bar begins at zero
      fill.style.setProperty("--from", from);
      fill.style.setProperty("--to", to);
      output.textContent = active ? value.toFixed(2).replace("-", "−") : "inactive";
      input.setAttribute("aria-valuetext", value.toFixed(2));
    });
  }

  focus(unit) {
    this.rows[unit]?.input.focus(); // the browser scrolls to it
  }
}
