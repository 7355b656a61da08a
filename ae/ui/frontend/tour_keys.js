// The left and the right arrow key go to the step before and after, unless something else takes them.

import { mountedListener } from "./mounted.js";

const TOUR_KEYS = { ArrowLeft: "tour_back", ArrowRight: "tour_next" };
const TOUR_TAKEN = "input, select, textarea, canvas, [role=application], [role=radiogroup], [contenteditable]";

function tourKey(event) {
  const button = document.querySelector(`.st-key-${TOUR_KEYS[event.key]} button`);
  const [target] = event.composedPath();
  if (!button || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || target.closest?.(TOUR_TAKEN)) return;
  button.click();
}

export default mountedListener("keydown", tourKey);
