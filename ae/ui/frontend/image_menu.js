// What can be done with a test image: a menu at the image that was clicked, in the rows of ae/ui/images.py or on a
// component's canvas (linked.js). Sends the trigger "picked": { to, index, run }. Also marks the image pointed at.

import { offerImage, onOffer, onPoint, pointAt, stepAlong } from "./linked.js";

const LINK = ".ae-cells > button";
const MARKED = "ae-pointed"; // styled in images.css
const MENU_STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

const imageOf = ({ dataset, ariaLabel }) => ({
  dataset: dataset.images,
  index: Number(dataset.index),
  run: dataset.run,
  name: ariaLabel,
});

// The element of a row's image that an event is about, or null.
const linkOf = (event) => event.target.closest?.(LINK) ?? null;

class ImageMenu {
  constructor(box) {
    this.box = box;
    this.element = this.image = null; // of the open menu
    const listened = new AbortController();
    const { signal } = listened;
    const on = (name, listener, options) => document.addEventListener(name, listener, { signal, ...options });
    for (const name of ["pointerover", "focusin"]) {
      on(name, (event) => linkOf(event) && pointAt(this, imageOf(linkOf(event))));
    }
    for (const name of ["pointerout", "focusout"]) on(name, (event) => linkOf(event) && pointAt(this, null));
    on("click", (event) => linkOf(event) && offerImage(linkOf(event), imageOf(linkOf(event))));
    on("keydown", (event) => {
      const link = linkOf(event);
      if (link && stepAlong(event, [...link.parentElement.querySelectorAll("button")])) event.preventDefault();
    });
    const outside = (event) => this.element && !event.composedPath().includes(this.box);
    on("pointerdown", (event) => outside(event) && this.close(), { capture: true });
    on("scroll", () => this.close(), { capture: true, passive: true });
    box.onkeydown = (event) => this.#key(event);
    const ends = [onOffer((element, image) => this.open(element, image)), onPoint((image) => this.#mark(image))];
    this.end = () => {
      listened.abort();
      ends.forEach((end) => end());
      this.#mark(null);
    };
  }

  open(element, image) {
    if (image.dataset !== this.data.dataset) return;
    Object.assign(this, { element, image });
    const title = document.createElement("p");
    title.textContent = image.name;
    this.box.setAttribute("aria-label", image.name);
    const items = this.data.targets.map((name, to) => {
      const item = Object.assign(document.createElement("button"), { type: "button", textContent: name, tabIndex: -1 });
      item.setAttribute("role", "menuitem");
      item.onclick = () => {
        this.close();
        this.send("picked", { to, index: image.index, run: image.run ?? "" });
      };
      return item;
    });
    this.box.replaceChildren(title, ...items);
    this.box.hidden = false;
    element.setAttribute("aria-expanded", "true");
    const [at, own] = [element.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const below = at.bottom + 4 + own.height <= innerHeight;
    this.box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`;
    this.box.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - own.height - 4)}px`;
    items[0].focus({ preventScroll: true });
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

  #mark(image) {
    for (const link of document.querySelectorAll(`${LINK}.${MARKED}`)) link.classList.remove(MARKED);
    if (!image) return;
    for (const link of document.querySelectorAll(LINK)) {
      const { images, index } = link.dataset;
      link.classList.toggle(MARKED, images === image.dataset && Number(index) === image.index);
    }
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const menu = (parentElement.imageMenu ??= new ImageMenu(parentElement.querySelector(".image-menu")));
  menu.data = data;
  menu.send = setTriggerValue;
  return () => menu.end();
}
