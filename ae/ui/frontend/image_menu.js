// What can be done with a test image: a menu at the image that was clicked, in the rows of ae/ui/images.py or on a
// component's canvas (linked.js). Sends the trigger "picked": { to, index, run }. Also marks the image pointed at.

import { offerImage, onOffer, onPoint, pointAt, stepAlong } from "./linked.js";
import { Menu } from "./menu.js";
import { mounted } from "./mounted.js";

const LINK = ".ae-cells > button";
const MARKED = "ae-pointed"; // styled in images.css

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
    this.menu = new Menu(box);
    const listened = new AbortController();
    const { signal } = listened;
    const on = (name, listener) => document.addEventListener(name, listener, { signal });
    for (const name of ["pointerover", "focusin"]) {
      on(name, (event) => linkOf(event) && pointAt(this, imageOf(linkOf(event))));
    }
    for (const name of ["pointerout", "focusout"]) on(name, (event) => linkOf(event) && pointAt(this, null));
    on("click", (event) => linkOf(event) && offerImage(linkOf(event), imageOf(linkOf(event))));
    on("keydown", (event) => {
      const link = linkOf(event);
      if (link && stepAlong(event, [...link.parentElement.querySelectorAll("button")])) event.preventDefault();
    });
    const ends = [onOffer((element, image) => this.open(element, image)), onPoint((image) => this.#mark(image))];
    this.end = () => {
      listened.abort();
      this.menu.end();
      ends.forEach((end) => end());
      this.#mark(null);
    };
  }

  open(element, image) {
    if (image.dataset !== this.data.dataset) return;
    const items = this.data.targets.map((text, to) => ({
      text,
      act: () => this.send("picked", { to, index: image.index, run: image.run ?? "" }),
    }));
    this.menu.open(element, image.name, items);
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

export default mounted(({ data, parentElement, setTriggerValue }) => {
  const menu = (parentElement.imageMenu ??= new ImageMenu(parentElement.querySelector(".image-menu")));
  menu.data = data;
  menu.send = setTriggerValue;
  return () => menu.end();
});
