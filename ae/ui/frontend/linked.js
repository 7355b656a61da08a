// Links between the components of a screen: who points at an image tells all others, which may highlight it.

const POINTED = "autoencoder-lab-pointed";

// Say that the pointer is at a test image, { dataset, index }, or at none: null. source: whatever identifies the sender.
export function pointAt(source, image) {
  window.dispatchEvent(new CustomEvent(POINTED, { detail: { source, image } }));
}

// Call listener(image, source) whenever the image under the pointer changes; returns a function that ends it.
export function onPoint(listener) {
  const heard = ({ detail }) => listener(detail.image, detail.source);
  window.addEventListener(POINTED, heard);
  return () => window.removeEventListener(POINTED, heard);
}

const OFFERED = "autoencoder-lab-offered";

// Offer what can be done with a test image, { dataset, index, run, name }, in a menu at an element (image_menu.js).
export function offerImage(element, image) {
  window.dispatchEvent(new CustomEvent(OFFERED, { detail: { element, image } }));
}

// Call listener(element, image) whenever an image is offered; returns a function that ends it.
export function onOffer(listener) {
  const heard = ({ detail }) => listener(detail.element, detail.image);
  window.addEventListener(OFFERED, heard);
  return () => window.removeEventListener(OFFERED, heard);
}

// Let a row of elements, such as canvases, stand for test images, { dataset, index, run, name }, as imageOf(i) returns
// them: each says when it is pointed at, and opens the menu on a click or Enter; the arrow keys go along the row.
export function linkRow(elements, imageOf) {
  elements.forEach((element, i) => {
    Object.assign(element, { tabIndex: i ? -1 : 0, role: "button", ariaHasPopup: "menu", ariaLabel: imageOf(i).name });
    element.style.cursor = "pointer";
    element.onpointerenter = element.onfocus = () => pointAt(element, imageOf(i));
    element.onpointerleave = element.onblur = () => pointAt(element, null);
    element.onclick = () => offerImage(element, imageOf(i));
    element.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") offerImage(element, imageOf(i));
      else if (!stepAlong(event, elements)) return;
      event.preventDefault();
    };
  });
}

const LINKED_STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

// Move the focus along a row of elements, of which only one can be reached by Tab; returns whether the key does that.
export function stepAlong(event, elements) {
  const step = LINKED_STEPS[event.key];
  if (!step) return false;
  const to = Math.max(0, Math.min(elements.indexOf(event.target) + step, elements.length - 1));
  elements.forEach((each, i) => (each.tabIndex = i === to ? 0 : -1));
  elements[to].focus();
  return true;
}
