// The digits in the tour's rows: as many as there are, and on a phone the first few, so that they are large enough.

const TOUR_FEW = 4;

export function setCount(rows, count) {
  rows.style.setProperty("--digits", count);
  rows.style.setProperty("--few", Math.min(count, TOUR_FEW));
}

// Mark the digit at a place in its row if a phone has no room for it.
export function markSpare(element, at) {
  element.classList.toggle("tour-spare", at >= TOUR_FEW);
}
