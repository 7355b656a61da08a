// A slider for each latent unit, over a bar of the value that it started with.

export class UnitSliders {
  // low, high: the ends of each slider. active: whether each unit is. shown: how many sliders there are at most.
  // onMove(unit, value): a slider moved. onEnd(): it was released.
  constructor(root, { low, high, active, shown, onMove, onEnd }) {
    Object.assign(this, { root, low, high, onMove, onEnd });
    root.replaceChildren();
    root.classList.toggle("two", Math.min(shown, low.length) > 6);
    this.rows = Array.from({ length: Math.min(shown, low.length) }, (_, unit) => this.row(unit, active[unit]));
  }

  row(unit, active) {
    const row = this.root.appendChild(document.createElement("label"));
    row.className = active ? "unit" : "unit off";
    const name = row.appendChild(document.createElement("span"));
    name.textContent = `Unit ${unit}`;
    const field = row.appendChild(document.createElement("span"));
    field.className = "unit-field";
    field.appendChild(document.createElement("i"));
    const input = field.appendChild(document.createElement("input"));
    const [low, high] = [this.low[unit], this.high[unit]];
    Object.assign(input, { type: "range", min: low, max: high, step: (high - low) / 200, disabled: !active });
    input.setAttribute("aria-label", active ? `Unit ${unit}` : `Unit ${unit}, inactive`);
    row.title = active ? "" : `Unit ${unit} is inactive: the same for every image`;
    const output = row.appendChild(document.createElement("output"));
    input.oninput = () => this.onMove(unit, Number(input.value));
    input.onchange = () => this.onEnd();
    return { row, input, output, active };
  }

  // Marks the code that the sliders started with.
  setStart(code) {
    this.rows.forEach(({ row }, unit) => {
      const share = (value) => (value - this.low[unit]) / (this.high[unit] - this.low[unit]);
      const zero = Math.max(0, Math.min(1, share(0)));
      const [from, to] = [zero, share(code[unit])].sort((a, b) => a - b);
      row.style.setProperty("--from", from);
      row.style.setProperty("--to", to);
      row.style.setProperty("--start", share(code[unit]));
    });
  }

  show(code) {
    this.rows.forEach(({ input, output, active }, unit) => {
      if (document.activeElement !== input || Math.abs(input.value - code[unit]) > Number(input.step)) {
        input.value = code[unit];
      }
      output.textContent = active ? code[unit].toFixed(2).replace("-", "−") : "inactive";
      input.setAttribute("aria-valuetext", code[unit].toFixed(2));
    });
  }

  focus(unit) {
    this.rows[unit]?.input.focus();
    this.rows[unit]?.row.scrollIntoView({ block: "nearest" });
  }
}
