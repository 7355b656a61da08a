// A row of the table of runs. It is built once and updated in place, so that the focus stays where it is.
import { make, makeSvg, setText } from "./elements.js";

const PIN = "M5 1h6v1.2l-1 .8v4l2.5 2.2v1.3H8.7V15L8 16l-.7-1v-4.5H3.5V9.2L6 7V3l-1-.8z";

const plainClick = (event) => !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

// Return a time as a person reads it: the hour if it is today, otherwise the day.
function shortTime(iso) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return ["–", ""];
  const now = new Date();
  const whole = time.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  if (time.toDateString() === now.toDateString()) {
    return [time.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" }), whole];
  }
  const year = time.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return [time.toLocaleDateString("en", { month: "short", day: "numeric", ...year }), whole];
}

export class Row {
  constructor(list, id) {
    Object.assign(this, { list, id });
    this.line = document.createElement("tr");
    this.line.setAttribute("role", "row");
    this.#buildTools();
    this.#buildName();
    this.dataset = this.#cell("run-dataset");
    this.size = make(this.#cell("run-size", "Bottleneck"), "span");
    this.mse = make(this.#cell("run-mse", "Test MSE"), "span");
    this.active = make(this.#cell("run-active", "Active units"), "span");
    const training = this.#cell("run-epochs");
    this.words = make(training, "span");
    this.bar = make(training, "div", "run-bar");
    this.bar.setAttribute("role", "progressbar");
    this.done = make(this.bar, "i");
    this.created = make(this.#cell("run-created"), "time");
    this.more = make(this.#cell("run-more"), "button", "run-icon", "⋯");
    Object.assign(this.more, { type: "button", ariaHasPopup: "menu", ariaExpanded: "false" });
    this.more.onclick = () => list.more(this.entry, this.more);
  }

  update(entry, ticked) {
    this.entry = entry;
    const { name, trained, pinned } = entry;
    this.tick.checked = ticked && trained;
    this.tick.disabled = !trained;
    this.tick.title = trained ? "" : "It has no trained model yet";
    this.tick.ariaLabel = `Select ${name}`;
    this.pin.ariaLabel = `Pin ${name}`;
    this.pin.ariaPressed = String(pinned);
    this.pin.title = pinned ? "Unpin" : "Pin to the top";
    this.more.ariaLabel = `More for ${name}`;
    this.dot.style.background = entry.colour;
    setText(this.name, name);
    for (const [link, page] of [[this.link, "train"], [this.picture, "reconstruct"]]) {
      link.href = new URL(`${page}?run=${encodeURIComponent(this.id)}`, document.baseURI).href;
    }
    this.picture.hidden = !entry.strip;
    if (this.image.src !== entry.strip && entry.strip) this.image.src = entry.strip;
    this.image.alt = `Reconstructions by ${name}`;
    this.#showNotes(entry);
    setText(this.dataset, entry.dataset);
    setText(this.size, String(entry.size));
    this.size.parentElement.classList.toggle("run-said", name.startsWith(`${entry.size} unit`)); // the name says it
    setText(this.mse, entry.mse || "–");
    setText(this.active, entry.active || "–");
    setText(this.words, entry.words);
    this.words.className = `run-state-${entry.state}`;
    this.bar.hidden = entry.share === null;
    if (entry.share !== null) {
      const share = Math.round(100 * entry.share);
      this.done.style.width = `${share}%`;
      Object.assign(this.bar, { ariaLabel: `Training of ${name}`, ariaValueNow: String(share), ariaValueText: entry.words });
    }
    const [time, whole] = shortTime(entry.created);
    setText(this.created, time);
    Object.assign(this.created, { dateTime: entry.created, title: entry.shipped ? `${whole}, included with the project` : whole });
  }

  #cell(name, label = "") {
    const cell = make(this.line, "td", name);
    cell.setAttribute("role", "cell");
    if (label) cell.dataset.label = label;
    return cell;
  }

  #buildTools() {
    const label = make(this.#cell("run-tick"), "label");
    this.tick = make(label, "input");
    this.tick.type = "checkbox";
    this.tick.onchange = () => this.list.mark(this.entry, this.tick.checked);
    this.pin = make(this.#cell("run-pin"), "button", "run-icon");
    this.pin.type = "button";
    this.pin.onclick = () => this.list.send({ do: this.entry.pinned ? "unpin" : "pin", id: this.id });
    makeSvg(makeSvg(this.pin, "svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }), "path", { d: PIN });
    this.picture = this.#link(this.#cell("run-strip"), 1);
    this.picture.tabIndex = -1;
    this.image = make(this.picture, "img");
  }

  #buildName() {
    const cell = this.#cell("run-name");
    this.link = this.#link(cell, 0);
    this.dot = make(this.link, "i", "run-dot");
    this.name = make(this.link, "span");
    this.notes = make(cell, "div", "run-notes");
  }

  // A link that the browser can open in a new tab, and that stays in this session on a plain click.
  #link(cell, to) {
    const link = make(cell, "a");
    link.onclick = (event) => {
      if (!plainClick(event)) return;
      event.preventDefault();
      this.list.send({ do: "open", id: this.id, to });
    };
    return link;
  }

  #showNotes({ preset, tags }) {
    const noted = JSON.stringify([preset, tags]);
    if (noted === this.noted) return;
    this.noted = noted;
    this.notes.replaceChildren();
    if (preset) make(this.notes, "span", "run-preset", preset);
    for (const tag of tags) {
      const chip = make(this.notes, "button", "run-tag", tag);
      Object.assign(chip, { type: "button", title: `Show only runs with “${tag}”` });
      chip.onclick = () => this.list.filterBy(tag);
    }
    this.notes.hidden = !this.notes.children.length;
  }
}
