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
