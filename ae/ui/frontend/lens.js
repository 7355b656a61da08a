// A lens over a Plotly chart of points: shows the image under the pointer and marks the selected spot.
// Sends the trigger "picked" on a click: { x, y } in the chart's units, and the id of the point there, or null.

const TIP = 84; // pixels, as in lens.css
const CLICK = 4; // a pointer that moves further than this many pixels drags

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.leave?.(); // remove the listeners of the previous call
  const tip = parentElement.querySelector(".tip");
  const rows = Math.ceil(data.count / data.columns);
  tip.style.backgroundImage = `url(${data.sprites})`;
  tip.style.backgroundSize = `${data.columns * TIP}px ${rows * TIP}px`;
  let chart = null;
  let mark = null;
  let hovered = null; // the id of the point under the pointer
  let down = null; // where the pointer went down, and on which point

  const hide = () => {
    hovered = null;
    tip.style.display = "none";
  };

  const hover = (event) => {
    const point = event.points[0];
    const id = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    if (id === undefined || id === null) return;
    hovered = Number(id);
    const [column, row] = [hovered % data.columns, Math.floor(hovered / data.columns)];
    tip.style.backgroundPosition = `${-TIP * column}px ${-TIP * row}px`;
    tip.style.left = `${Math.min(event.event.clientX + 14, innerWidth - TIP - 8)}px`;
    tip.style.top = `${Math.max(event.event.clientY - TIP - 10, 8)}px`;
    tip.style.display = "block";
  };

  const placeMark = () => {
    if (!mark) return;
    const layout = chart._fullLayout;
    if (!layout?.xaxis || !data.at) {
      mark.style.display = "none";
      return;
    }
    const { xaxis, yaxis } = layout;
    const [x, y] = [xaxis.d2p(data.at[0]), yaxis.d2p(data.at[1])];
    const inside = x >= 0 && y >= 0 && x <= xaxis._length && y <= yaxis._length;
    mark.style.display = inside ? "block" : "none";
    mark.style.left = `${xaxis._offset + x - 9}px`;
    mark.style.top = `${yaxis._offset + y - 9}px`;
  };

  const press = (event) => {
    down = event.target.closest?.(".nsewdrag") ? { x: event.clientX, y: event.clientY, id: hovered } : null;
  };

  const release = (event) => {
    const start = down;
    down = null;
    if (!start || !chart || Math.hypot(event.clientX - start.x, event.clientY - start.y) > CLICK) return;
    const plot = chart.querySelector(".nsewdrag").getBoundingClientRect();
    const { xaxis, yaxis } = chart._fullLayout;
    const picked = { x: xaxis.p2d(start.x - plot.left), y: yaxis.p2d(start.y - plot.top), id: start.id };
    setTriggerValue("picked", picked);
    tip.style.display = "none";
  };

  const listeners = [
    ["plotly_hover", hover],
    ["plotly_unhover", hide],
    ["plotly_afterplot", placeMark],
    ["plotly_relayouting", placeMark],
  ];

  const detach = () => {
    if (!chart) return;
    chart.removeEventListener("pointerdown", press, true);
    for (const [name, listener] of listeners) chart.removeListener?.(name, listener);
    mark?.remove();
    mark = chart = null;
  };

  // Streamlit replaces the chart whenever its figure changes.
  const attach = () => {
    const found = document.querySelector(`.st-key-${data.over} .js-plotly-plot`);
    if (found === chart || (found && !found.on)) return;
    detach();
    chart = found;
    if (!chart) return;
    for (const [name, listener] of listeners) chart.on(name, listener);
    chart.addEventListener("pointerdown", press, true);
    chart.dataset.lens = "ready";
    mark = document.createElement("div");
    mark.className = "lens-mark";
    // Inline, because the chart is outside the reach of this component's own styles.
    mark.style.cssText =
      "position:absolute;width:18px;height:18px;border-radius:50%;border:3px solid #fff;" +
      "outline:2px solid #4c6ef5;pointer-events:none;display:none;box-sizing:border-box;z-index:5";
    chart.appendChild(mark);
    placeMark();
  };

  attach();
  const timer = setInterval(attach, 200);
  addEventListener("pointerup", release, true);
  parentElement.leave = () => {
    clearInterval(timer);
    removeEventListener("pointerup", release, true);
    detach();
    hide();
  };
  return parentElement.leave;
}
