// How far a run is, in words and numbers, above the curve of the live view; texts change, elements stay.

const STATUS_ROWS = 5; // epochs in the table for screen readers

export function liveMake(parent, tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

function statusSet(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class LiveStatus {
  // numbers: a label and a help text for each; measured: whether the first is what the run has come to.
  constructor(root, numbers, measured) {
    root.className = "live-status";
    this.words = liveMake(root, "div", "progress-words");
    this.bar = liveMake(root, "div", "progress-bar", { role: "progressbar", "aria-label": "Training" });
    this.done = liveMake(this.bar, "i", "");
    this.list = liveMake(root, "dl", "live-numbers");
    this.setNumbers(numbers, measured);
  }

  // At the end of training others matter.
  setNumbers(numbers, measured) {
    const labels = JSON.stringify(numbers);
    this.list.classList.toggle("live-measured", Boolean(measured));
    if (labels === this.labels) return;
    this.labels = labels;
    this.list.replaceChildren();
    this.values = numbers.map(([label, help]) => {
      const number = liveMake(this.list, "div", "live-number");
      const title = liveMake(number, "dt", "");
      title.append(label);
      const more = liveMake(title, "button", "live-help", { type: "button", "aria-label": `${label}: ${help}` });
      more.textContent = "?";
      more.dataset.help = help;
      const value = liveMake(number, "dd", "");
      value.textContent = "–";
      return value;
    });
  }

  // whole: whether the numbers are those that setNumbers has named.
  show({ share, bar, words, numbers }, whole) {
    statusSet(this.words, words);
    this.bar.hidden = !bar;
    this.done.style.width = `${100 * share}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    this.bar.setAttribute("aria-valuetext", words);
    if (whole) this.values.forEach((element, i) => statusSet(element, numbers[i] ?? "–"));
  }
}

// The losses of the last epochs as a table that is read, not seen.
export class LiveTable {
  // lines: the id and the name of each column.
  constructor(root, lines) {
    root.className = "unseen";
    this.table = liveMake(root, "table", "");
    liveMake(this.table, "caption", "").textContent = "Losses of the last epochs";
    this.lines = [{ id: "epoch", name: "Epoch" }, ...lines];
    this.last = null;
  }

  show(losses) {
    const { epoch } = losses;
    if (epoch.at(-1) === this.last) return;
    this.last = epoch.at(-1);
    while (this.table.rows.length) this.table.deleteRow(0);
    const head = this.table.insertRow();
    for (const { name } of this.lines) liveMake(head, "th", "", { scope: "col" }).textContent = name;
    for (let i = Math.max(0, epoch.length - STATUS_ROWS); i < epoch.length; i += 1) {
      const row = this.table.insertRow();
      for (const { id } of this.lines) {
        const value = losses[id][i];
        row.insertCell().textContent = Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "–";
      }
    }
  }
}
