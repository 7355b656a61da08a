// A finger over a chart scrolls the page. Plotly would zoom instead, and nobody would get past the chart; a tap still
// shows the values, because browsers send the moves of a mouse for it. Shows nothing itself.

import { mounted } from "./mounted.js";

const scrollOverCharts = (event) => {
  if (event.touches.length === 1 && event.target.closest?.(".js-plotly-plot .draglayer")) event.stopPropagation();
};

const places = new Set(); // where this is mounted: the page before may end after this one has begun

export default mounted(({ parentElement }) => {
  places.add(parentElement);
  document.addEventListener("touchstart", scrollOverCharts, { capture: true, passive: true });
  return () => {
    places.delete(parentElement);
    if (!places.size) document.removeEventListener("touchstart", scrollOverCharts, { capture: true });
  };
});
