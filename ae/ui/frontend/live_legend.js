// The legend of a map that plays.

import { scatterLegend } from "./scatter.js";

// A class that is named among its points leaves its place in the legend empty, so that nothing jumps.
export function liveLegend(root, scatter, names, colours) {
  scatterLegend(root, names, colours);
  scatter.onNames = (named) => {
    [...root.children].forEach((entry, label) => (entry.style.visibility = named.includes(label) ? "hidden" : ""));
  };
}
