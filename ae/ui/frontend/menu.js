// A menu at an element: it opens below or above it, the arrow keys go along its items, and Escape, Tab, scrolling or a
// click elsewhere closes it.

const MENU_STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export class Menu {
  constructor(box) {
    this.box = box;
    this.element = null; // that it is open at
    const listened = new AbortController();
    const { signal } = listened;
    const outside = (event) => this.element && !event.composedPath().includes(box);
    document.addEventListener("pointerdown", (event) => outside(event) && this.close(), { capture: true, signal });
    document.addEventListener("scroll", () => this.close(), { capture: true, passive: true, signal });
    box.onkeydown = (event) => this.#key(event);
    this.end = () => listened.abort();
  }

  // items: [{ text, act, off }]; off says why an item can't be chosen.
  open(element, title, items) {
    this.element = element;
    const head = document.createElement("p");
    head.textContent = title;
    this.box.setAttribute("aria-label", title);
    const buttons = items.map(({ text, act, off }) => {
      const item = Object.assign(document.createElement("button"), { type: "button", textContent: text, tabIndex: -1 });
      item.setAttribute("role", "menuitem");
      if (off) {
        item.title = off;
        item.setAttribute("aria-disabled", "true");
      }
      item.onclick = () => {
        if (off) return;
        this.close();
        act();
      };
      return item;
    });
    this.box.replaceChildren(head, ...buttons);
    this.box.hidden = false;
    element.setAttribute("aria-expanded", "true");
    const [at, own] = [element.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const below = at.bottom + 4 + own.height <= innerHeight;
    this.box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`;
    this.box.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - own.height - 4)}px`;
    buttons[0].focus({ preventScroll: true });
  }

  close() {
    if (!this.element) return;
    this.element.setAttribute("aria-expanded", "false");
    this.element.focus({ preventScroll: true });
    this.element = null;
    this.box.hidden = true;
  }

  #key(event) {
    const items = [...this.box.querySelectorAll("button")];
    if (event.key === "Escape" || event.key === "Tab") this.close();
    else if (event.key in MENU_STEPS) {
      const at = items.indexOf(this.box.getRootNode().activeElement);
      const next = at + MENU_STEPS[event.key];
      items[Number.isFinite(next) ? (next + items.length) % items.length : next < 0 ? 0 : items.length - 1].focus();
    } else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }
}
