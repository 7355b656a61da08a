// A finger over a chart scrolls the page. Plotly would zoom instead, and nobody would get past the chart; a tap still
// shows the values, because browsers send the moves of a mouse for it. Shows nothing itself.

import { mountedListener } from "./mounted.js";

const scrollOverCharts = (event) => {
  if (event.touches.length === 1 && event.target.closest?.(".js-plotly-plot .draglayer")) event.stopPropagation();
};

export default mountedListener("touchstart", scrollOverCharts, { capture: true, passive: true });
