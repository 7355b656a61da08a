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

// Let an element, such as a canvas, stand for a test image: { dataset, index, run, name }, as returned by imageOf().
// It says when it is pointed at, and opens the menu on a click or Enter.
export function linkImage(element, imageOf) {
  Object.assign(element, { tabIndex: 0, ariaHasPopup: "menu", role: "button" });
  element.style.cursor = "pointer";
  element.onpointerenter = element.onfocus = () => pointAt(element, imageOf());
  element.onpointerleave = element.onblur = () => pointAt(element, null);
  element.onclick = () => offerImage(element, imageOf());
  element.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    offerImage(element, imageOf());
  };
}
