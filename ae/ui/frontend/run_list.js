// The table of all runs (ae/ui/run_list.py), of which the server sends one page. On a narrow screen each row is a card,
// and only the first five are shown until a person asks for all.
// Sends the trigger "did": { do: "view", words, sort, page }, { do: "open", id, to }, { do: "compare", ids }, or
// { do: "pin" | "unpin" | "edit" | "delete", id }.
import { make, setText } from "./elements.js";
import { Menu } from "./menu.js";
import { mounted } from "./mounted.js";
import { Row } from "./run_row.js";

const FEW = 5; // rows, as in run_list.css
const TYPING = 200; // milliseconds without a key before the words are sent

function button(parent, name, text, act) {
  const made = make(parent, "button", name, text);
  made.type = "button";
  made.onclick = act;
  return made;
}

class RunList {
  constructor(root, menu, data) {
    Object.assign(this, { root, menu: new Menu(menu), data, rows: new Map(), ticked: new Map() });
    this.#buildTools();
    this.#buildTable();
    this.every = button(root, "run-button run-every", "", () => root.classList.add("every"));
    const pager = make(root, "nav", "run-pager");
    pager.setAttribute("aria-label", "Pages of runs");
    this.back = button(pager, "run-button", "Previous", () => this.#ask({ page: this.data.page - 1 }));
    this.place = make(pager, "span");
    this.on = button(pager, "run-button", "Next", () => this.#ask({ page: this.data.page + 1 }));
    this.pager = pager;
  }

  update(data, send) {
    Object.assign(this, { data, send: (did) => send("did", did) });
    const root = this.root.getRootNode();
    if (root.activeElement !== this.words) this.words.value = data.words;
    this.sort.value = data.sort;
    const every = `${data.all.toLocaleString("en")} run${data.all === 1 ? "" : "s"}`;
    const { included } = data;
    const whose = included === data.all ? " that came with the app" : included ? `, ${included} came with the app` : "";
    setText(this.count, data.words ? `${data.found.toLocaleString("en")} of ${every}` : every + whose);
    this.empty.hidden = data.found > 0;
    setText(this.emptyWords, `No run has “${data.words}” in its name, tags, preset, dataset or network. `);
    this.#showSort();
    this.#showOriginals();
    this.#showRows(root);
    const first = data.page * data.size;
    const last = Math.min(first + data.size, data.found);
    this.pager.hidden = data.found <= data.size;
    setText(this.place, `${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${data.found.toLocaleString("en")}`);
    setText(this.every, `Show all ${data.rows.length}`);
    this.every.hidden = data.rows.length <= FEW;
    this.back.disabled = data.page === 0;
    this.on.disabled = last >= data.found;
    this.#showTicked();
  }

  filterBy(words) {
    this.words.value = words;
    this.#ask({ words, page: 0 });
  }

  #ask(changes) {
    const { words, sort, page } = this.data;
    this.send({ do: "view", words, sort, page, ...changes });
  }

  #buildTools() {
    const tools = make(this.root, "div", "run-tools");
    const field = make(tools, "label", "run-filter");
    make(field, "span", "unseen", "Filter the runs by name, tag, preset, dataset or network");
    this.words = make(field, "input");
    Object.assign(this.words, { type: "search", placeholder: "Filter by name, tag, preset, dataset", maxLength: 200 });
    this.words.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.#ask({ words: this.words.value.trim(), page: 0 }), TYPING);
    };
    const sorting = make(tools, "label", "run-sorting");
    make(sorting, "span", "", "Sort");
    this.sort = make(sorting, "select");
    const add = (value, text) => Object.assign(make(this.sort, "option", "", text), { value });
    add("", "Your own first");
    for (const { key, title } of this.data.columns) {
      add(key, `${title} ↑`);
      add(`-${key}`, `${title} ↓`);
    }
    this.sort.onchange = () => this.#ask({ sort: this.sort.value, page: 0 });
    this.count = make(tools, "span", "run-count");
    this.count.setAttribute("role", "status");
    this.clear = button(tools, "run-button", "Clear", () => {
      this.ticked.clear();
      for (const row of this.rows.values()) row.tick.checked = false;
      this.#showTicked();
      this.words.focus();
    });
    this.compare = button(tools, "run-button run-compare", "Tick runs to compare", () =>
      this.send({ do: "compare", ids: [...this.ticked.keys()] }),
    );
  }

  #buildTable() {
    const table = make(this.root, "table", "run-table");
    table.setAttribute("role", "table");
    table.setAttribute("aria-label", "Runs");
    const head = make(table, "thead");
    const line = make(head, "tr");
    line.setAttribute("role", "row");
    const heading = (name, hidden) => {
      const cell = make(line, "th", name);
      Object.assign(cell, { scope: "col" });
      cell.setAttribute("role", "columnheader");
      if (hidden) make(cell, "span", "unseen", hidden);
      return cell;
    };
    heading("run-tick", "Select");
    heading("run-pin", "Pin");
    heading("run-strip").textContent = "Reconstructions";
    this.headings = this.data.columns.map(({ key, title, help }) => {
      const cell = heading(`run-${key}`);
      const sort = button(cell, "run-sort", title, () => this.#sortBy(key));
      if (help) sort.title = help;
      return { key, cell, arrow: make(sort, "i") };
    });
    heading("run-more", "More");
    this.#buildOriginals(head);
    this.body = make(table, "tbody");
    for (const group of [head, this.body]) group.setAttribute("role", "rowgroup");
    this.empty = make(this.root, "p", "run-empty");
    this.emptyWords = make(this.empty, "span");
    button(this.empty, "run-button", "Show all", () => this.filterBy(""));
  }

  // What the runs reconstruct, in a row above theirs.
  #buildOriginals(head) {
    this.originals = make(head, "tr", "run-originals");
    this.originals.setAttribute("role", "row");
    const cell = (name, columns) => {
      const made = make(this.originals, "td", name);
      made.setAttribute("role", "cell");
      made.colSpan = columns;
      return made;
    };
    cell("", 2);
    this.images = make(cell("run-strip", 1), "img");
    this.images.alt = "";
    this.whose = cell("", this.data.columns.length + 1);
  }

  #showOriginals() {
    const { originals } = this.data;
    this.originals.hidden = !originals;
    if (!originals) return;
    if (this.images.src !== originals.strip) this.images.src = originals.strip;
    setText(this.whose, `Original test images (${originals.dataset})`);
  }

  // The first click on a heading sorts upwards, the second downwards, and the third shows the first order again.
  #sortBy(key) {
    const { sort } = this.data;
    this.#ask({ sort: sort === key ? `-${key}` : sort === `-${key}` ? "" : key, page: 0 });
  }

  #showSort() {
    const { sorted } = this.data;
    for (const { key, cell, arrow } of this.headings) {
      const [up, down] = [sorted === key, sorted === `-${key}`];
      setText(arrow, up ? "↑" : down ? "↓" : "");
      if (up || down) cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  }

  #showRows(root) {
    const focused = root.activeElement;
    const kept = new Map();
    for (const entry of this.data.rows) {
      const row = this.rows.get(entry.id) ?? new Row(this, entry.id);
      row.update(entry, this.ticked.has(entry.id));
      kept.set(entry.id, row);
    }
    this.rows = kept;
    const lines = [...kept.values()].map((row) => row.line);
    const same = lines.length === this.body.children.length && lines.every((line, i) => line === this.body.children[i]);
    if (same) return;
    this.body.replaceChildren(...lines);
    if (focused !== root.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
  }

  mark(entry, checked) {
    if (checked) this.ticked.set(entry.id, entry.name);
    else this.ticked.delete(entry.id);
    this.#showTicked();
  }

  #showTicked() {
    const count = this.ticked.size;
    setText(this.compare, count ? `Compare ${count}` : "Tick runs to compare");
    this.compare.disabled = count < 2;
    this.compare.title = count < 2 ? "Tick two runs or more" : [...this.ticked.values()].join("\n");
    this.clear.hidden = !count;
  }

  more(entry, element) {
    const { pages } = this.data;
    const act = (what) => () => this.send({ do: what, id: entry.id });
    const untrained = entry.trained ? "" : "It has no trained model yet.";
    const included = entry.shipped ? "This model is included with the project and protected." : "";
    this.menu.open(element, entry.name, [
      ...pages.map((text, to) => ({
        text,
        act: () => this.send({ do: "open", id: entry.id, to }),
        off: to ? untrained : "",
      })),
      entry.pinned ? { text: "Unpin", act: act("unpin") } : { text: "Pin", act: act("pin") },
      { text: "Rename and tag…", act: act("edit"), off: included },
      { text: "Delete…", act: act("delete"), off: included },
    ]);
  }
}

export default mounted(({ data, parentElement, setTriggerValue }) => {
  const [root, menu] = [".run-list", ".menu"].map((name) => parentElement.querySelector(name));
  parentElement.runList ??= new RunList(root, menu, data);
  parentElement.runList.update(data, setTriggerValue);
  return () => parentElement.runList.menu.end();
});
