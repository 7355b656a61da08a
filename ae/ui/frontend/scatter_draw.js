// How a scatter plot is drawn: the base (background, axes, points) and the overlay (rings, path, mark, cursor).

import { scatterAxes } from "./scatter_axes.js";

const SCATTER_INK = "#14161a"; // the outline of points over a background, as in ae/plots/latent_plots.py
const SCATTER_DIMMED = 0.6; // the share of a background's light, so that points and names stand out, as in ae/plots/animations.py
const SCATTER_LIGHTER = 0.25; // how much of the way to white the points over a background are, which is black
export const SCATTER_NO_CLASS = "#8d93a1"; // QUIET of ae/plots/colours.py
const SCATTER_MARKED = 11; // pixels, the radius of the mark
const SCATTER_SMALL = 4; // and of one of many rings

// Returns the labels of the classes whose names it has written.
export function scatterBase(scatter, pen, ratio) {
  const { canvas, plot } = scatter;
  const style = getComputedStyle(canvas);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  if (scatter.axes) scatterAxes(scatter, pen, style);
  pen.save();
  pen.beginPath();
  pen.rect(plot.left, plot.top, plot.width, plot.height);
  pen.clip();
  if (scatter.background) {
    pen.fillStyle = "#000";
    pen.fillRect(plot.left, plot.top, plot.width, plot.height);
    pen.globalAlpha = SCATTER_DIMMED;
    scatterBackground(scatter, pen, ratio, scatter.background, scatter.backgroundArea);
    pen.globalAlpha = 1;
  }
  if (scatter.detail) {
    const { left, right, top, bottom } = scatter.detail.area;
    const [x, y] = scatter.toPixels(left, top);
    const [toX, toY] = scatter.toPixels(right, bottom);
    pen.fillRect(x, y, toX - x, toY - y);
    pen.globalAlpha = SCATTER_DIMMED;
    scatterBackground(scatter, pen, ratio, scatter.detail.image, scatter.detail.area);
    pen.globalAlpha = 1;
  }
  scatterPoints(scatter, pen);
  const named = scatterNames(scatter, pen, style);
  pen.restore();
  pen.strokeStyle = style.getPropertyValue("--st-border-color") || "#8d93a155";
  pen.lineWidth = 1;
  pen.strokeRect(plot.left - 0.5, plot.top - 0.5, plot.width + 1, plot.height + 1);
  return named;
}

function scatterBackground(scatter, pen, ratio, image, area) {
  const [left, top] = scatter.toPixels(area.left, area.top);
  const [right, bottom] = scatter.toPixels(area.right, area.bottom);
  pen.imageSmoothingEnabled = (right - left) * ratio < image.width; // enlarged pixels stay sharp
  pen.imageSmoothingQuality = "medium";
  pen.drawImage(image, left, top, right - left, bottom - top);
}

function scatterPoints(scatter, pen) {
  const { x, y, labels, colours, hidden } = scatter.points;
  const { view, plot, faint } = scatter;
  const outlined = scatter.background !== null;
  const radius = scatter.radius * Math.max(0.75, Math.min(1, plot.width / 420)); // smaller on a phone
  const scaleX = plot.width / (view.right - view.left);
  const scaleY = plot.height / (view.top - view.bottom);
  const opacity = outlined ? 0.95 : 0.75;
  const shown = outlined ? colours.map(scatterLighter) : colours;
  pen.globalAlpha = opacity;
  pen.strokeStyle = SCATTER_INK;
  pen.lineWidth = 0.4;
  for (let i = 0; i < x.length; i++) {
    const label = labels[i];
    if (hidden.has(label)) continue;
    if (faint.size) pen.globalAlpha = faint.has(label) ? 0.18 : opacity;
    pen.fillStyle = label === 255 || !shown.length ? SCATTER_NO_CLASS : shown[label % shown.length];
    pen.beginPath();
    pen.arc(plot.left + (x[i] - view.left) * scaleX, plot.top + (view.top - y[i]) * scaleY, radius, 0, 2 * Math.PI);
    pen.fill();
    if (outlined) pen.stroke();
  }
  pen.globalAlpha = 1;
}

// A colour, "#rrggbb", as it is on black.
function scatterLighter(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + SCATTER_LIGHTER * (255 - part)))})`;
}

const SCATTER_APART = 0.2; // of the plot's width, over which the classes of moving points are spread

// Return the name of each class that has points, with the median of their places.
export function classMiddles({ x, y, labels }, names) {
  const places = names.map(() => [[], []]);
  labels.forEach((label, i) => {
    places[label]?.[0].push(x[i]);
    places[label]?.[1].push(y[i]);
  });
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return places.flatMap((both, label) => (both[0].length ? [{ label, name: names[label], place: both.map(median) }] : []));
}

function scatterNames(scatter, pen, style) {
  pen.font = `600 ${16 * scatter.scale}px ${style.getPropertyValue("--st-font") || "sans-serif"}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  Object.assign(pen, { fillStyle: "#fff", strokeStyle: SCATTER_INK });
  const middles = scatter.middles.filter(({ label }) => !scatter.points.hidden.has(label)).map(({ place }) => scatter.toPixels(...place));
  const extent = (axis) => Math.max(...middles.map((place) => place[axis])) - Math.min(...middles.map((place) => place[axis]));
  if (scatter.moving && Math.max(extent(0), extent(1)) < SCATTER_APART * scatter.plot.width) return [];
  const [named, written] = [[], []]; // a name that would cover another, or the path, stands beside its place or is left out
  const line = scatter.avoided.map((place) => place && scatter.toPixels(...place));
  scatter.handleNames.slice(0, scatter.handles.length).forEach((_, i) => {
    const { centre: [x, y], width, height } = handlePill(scatter, pen, style, i);
    written.push({ x, y, width, height });
  });
  if (scatter.kept) {
    const [x, y] = scatter.toPixels(...scatter.kept);
    written.push({ x, y, width: 2 * SCATTER_MARKED, height: 2 * SCATTER_MARKED });
  }
  const { plot } = scatter;
  for (const { label, name, place } of scatter.middles) {
    if (scatter.points.hidden.has(label)) continue;
    const [x, y] = scatter.toPixels(...place);
    const [width, height] = [pen.measureText(name).width, 16 * scatter.scale];
    const inside = ({ x: right, y: down }) =>
      right > plot.left + width / 2 &&
      right < plot.left + plot.width - width / 2 &&
      down > plot.top &&
      down < plot.top + plot.height;
    const clear = (at) => line.every((point) => !point || Math.hypot(point[0] - at.x, point[1] - at.y) > 20 * scatter.scale);
    const free = (at) =>
      inside(at) &&
      clear(at) &&
      written.every(
        (other) => Math.abs(at.x - other.x) >= (width + other.width) / 2 || Math.abs(at.y - other.y) >= (height + other.height) / 2,
      );
    const near = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]];
    const steps = line.length || scatter.handles.length ? [...near, ...near.map(([right, down]) => [2 * right, 2 * down])] : near;
    const found = steps.map(([right, down]) => ({ x: x + right * (width + 8), y: y + down * height, width, height })).find(free);
    if (!found) continue;
    written.push(found);
    pen.globalAlpha = scatter.faint.has(label) ? 0.6 : 1;
    if (!scatter.background) { // it may lie among others' points, or among many of its own
      Object.assign(pen, { lineWidth: 9, strokeStyle: style.getPropertyValue("--st-background-color") || "#fff" });
      pen.strokeText(name, found.x, found.y);
      Object.assign(pen, { lineWidth: 4, strokeStyle: scatter.points.colours[label] });
    }
    pen.strokeText(name, found.x, found.y);
    pen.fillText(name, found.x, found.y);
    named.push(label);
  }
  pen.globalAlpha = 1;
  return named;
}

export function scatterOverlay(scatter, pen) {
  const { plot, path, points } = scatter;
  const style = getComputedStyle(scatter.canvas);
  const accent = style.getPropertyValue("--st-primary-color") || "#4c6ef5";
  pen.save();
  pen.beginPath();
  pen.rect(plot.left, plot.top, plot.width, plot.height);
  pen.clip();
  for (const place of scatter.rings) scatterSmallRing(scatter, pen, place, style);
  if (path) scatterPath(scatter, pen, path, accent);
  for (const [x, y] of path ? scatter.stops : []) scatterRing(scatter, pen, [x, y], 3.5, accent, true);
  if (path || scatter.rings.length) scatterNames(scatter, pen, style); // neither covers them
  scatter.handles.forEach((place, i) => {
    scatterRing(scatter, pen, place, 6, accent, true);
    if (scatter.handleNames[i]) scatterHandleName(scatter, pen, style, i, accent);
  });
  if (scatter.highlighted !== null && scatter.highlighted < points.x.length) {
    const place = [points.x[scatter.highlighted], points.y[scatter.highlighted]];
    scatterRing(scatter, pen, place, 6, accent, false);
  }
  if (scatter.mark) scatterRing(scatter, pen, scatter.mark, SCATTER_MARKED - 3, accent, false);
  if (scatter.cursor) scatterCross(scatter, pen, scatter.cursor, accent);
  pen.restore();
}

function scatterPath(scatter, pen, path, accent) {
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  path.forEach((place, i) => {
    if (place) pen[path[i - 1] ? "lineTo" : "moveTo"](...scatter.toPixels(...place));
  });
  for (const [width, colour] of [
    [5, "#fff"],
    [2.5, accent],
  ]) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }
}

// A ring in the accent colour with white inside, which shows on points, on a decoded background and on both themes.
function scatterRing(scatter, pen, [x, y], radius, accent, filled) {
  const [atX, atY] = scatter.toPixels(x, y);
  pen.beginPath();
  pen.arc(atX, atY, radius, 0, 2 * Math.PI);
  if (filled) {
    pen.fillStyle = "#fff";
    pen.fill();
  } else {
    pen.lineWidth = 5;
    pen.strokeStyle = accent;
    pen.stroke();
  }
  pen.lineWidth = filled ? 2 : 2.5;
  pen.strokeStyle = filled ? accent : "#fff";
  pen.stroke();
}

// In the colour of text, with paper on both sides, so that it shows on points of any colour.
function scatterSmallRing(scatter, pen, place, style) {
  const [atX, atY] = scatter.toPixels(...place);
  pen.beginPath();
  pen.arc(atX, atY, SCATTER_SMALL * scatter.scale, 0, 2 * Math.PI);
  for (const [width, colour] of [[4.5, "--st-background-color"], [2, "--st-text-color"]]) { // prettier-ignore
    pen.lineWidth = width * scatter.scale;
    pen.strokeStyle = style.getPropertyValue(colour);
    pen.stroke();
  }
}

// The place of the pill with a handle's name: on the side away from the other handle, within the plot.
function handlePill(scatter, pen, style, i) {
  const { plot, scale, handles } = scatter;
  const [atX, atY] = scatter.toPixels(...handles[i]);
  const [otherX, otherY] = handles.length === 2 ? scatter.toPixels(...handles[1 - i]) : [plot.left, atY];
  const away = Math.hypot(atX - otherX, atY - otherY) || 1;
  const font = `600 ${13 * scale}px ${style.getPropertyValue("--st-font") || "sans-serif"}`;
  pen.save();
  pen.font = font;
  const [width, height] = [pen.measureText(scatter.handleNames[i] ?? "").width + 14 * scale, 20 * scale];
  pen.restore();
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const centre = [
    within(atX + ((atX - otherX) / away) * (width / 2 + 14), plot.left + width / 2 + 2, plot.left + plot.width - width / 2 - 2),
    within(atY + ((atY - otherY) / away) * (height / 2 + 14), plot.top + height / 2 + 2, plot.top + plot.height - height / 2 - 2),
  ];
  return { centre, width, height, font };
}

function scatterHandleName(scatter, pen, style, i, accent) {
  const { centre: [x, y], width, height, font } = handlePill(scatter, pen, style, i);
  pen.beginPath();
  pen.roundRect(x - width / 2, y - height / 2, width, height, height / 2);
  pen.fillStyle = accent;
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = "#fff";
  pen.stroke();
  Object.assign(pen, { font, fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
  pen.fillText(scatter.handleNames[i], x, y);
}

function scatterCross(scatter, pen, [x, y], accent) {
  const [atX, atY] = scatter.toPixels(x, y);
  const { left, top, width, height } = scatter.plot;
  pen.lineWidth = 1;
  pen.strokeStyle = accent;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  pen.moveTo(left, atY);
  pen.lineTo(left + width, atY);
  pen.moveTo(atX, top);
  pen.lineTo(atX, top + height);
  pen.stroke();
  pen.globalAlpha = 1;
  scatterRing(scatter, pen, [x, y], 3.5, accent, true);
}
