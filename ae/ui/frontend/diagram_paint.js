// Paints a network's diagram onto a canvas: the connections, and each layer's values as cells.

import { diagramGrid, diagramHeight } from "./diagram_layers.js";
import { imagePicture } from "./images.js";

const DIAGRAM_LINES = 15; // at most, on each side of a gap
const DIAGRAM_SHADES = 5;

// The theme's colours as [red, green, blue], read anew each time because the theme can change.
export function diagramColours(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => diagramParse(style.getPropertyValue(name).trim() || otherwise);
  return { accent: read("--st-primary-color", "#3451c7"), ink: read("--st-text-color", "#23252b") };
}

function diagramParse(colour) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour);
  if (hex) return hex.slice(1).map((pair) => parseInt(pair, 16));
  const numbers = colour.match(/[\d.]+/g);
  return numbers?.length >= 3 ? numbers.slice(0, 3).map(Number) : [90, 100, 120];
}

// The colour of a value, the same for layers, the bottleneck and its bars.
const diagramSign = (value, { accent, ink }) => (value < 0 ? ink : accent);

const diagramRgba = ([red, green, blue], alpha) => `rgba(${red},${green},${blue},${alpha})`;

// Paints everything. "flow" is where the travelling light is, from 0 at the left to 1 at the right, or null.
// "sizes" are other bottleneck sizes, drawn as outlines. With "cut", all before the bottleneck is faint.
export function diagramPaint(pen, columns, { colours, width, height, flow, off, sizes, hovered, cut }) {
  const faint = ({ part }) => (cut && (part === "input" || part === "encode") ? 0.3 : 1);
  for (let index = 1; index < columns.length; index++) {
    const [left, right] = [columns[index - 1], columns[index]];
    diagramConnections(pen, left, right, { colours, width, flow, alpha: faint(left) });
  }
  for (const column of columns) {
    pen.globalAlpha = faint(column);
    if (column.part === "input" || column.part === "output") diagramImage(pen, column, colours);
    else if (column.part === "code") diagramCode(pen, column, { colours, off, sizes, height, image: columns[0].count });
    else diagramCells(pen, column, colours);
    if (column === hovered && column.width) {
      pen.strokeStyle = diagramRgba(colours.accent, 1);
      pen.lineWidth = 1.5;
      pen.strokeRect(column.x - 3, column.y - 3, column.width + 6, column.height + 6);
    }
  }
  pen.globalAlpha = 1;
}

// How strongly each of "count" bundles of a column's values is lit, in [0, 1].
function diagramStrengths(column, count) {
  if (!column.shown) return new Float32Array(count).fill(column.part === "input" ? 0.35 : 0.3);
  const strengths = new Float32Array(count);
  const each = column.shown.length / count;
  for (let index = 0; index < column.shown.length; index++) {
    const bundle = Math.min(count - 1, Math.floor(index / each));
    strengths[bundle] = Math.max(strengths[bundle], Math.min(1, Math.abs(column.shown[index]) / column.scale));
  }
  return strengths;
}

function diagramConnections(pen, left, right, { colours, width, flow, alpha }) {
  const from = Math.min(left.count, DIAGRAM_LINES);
  const to = Math.min(right.count, DIAGRAM_LINES);
  const [start, end] = [left.x + left.width + 1, right.x - 1];
  const bend = (end - start) / 2;
  const strengths = diagramStrengths(left, from);
  const local = right.kinds[0]?.includes("convolution") || right.kinds.includes("residual block");
  const paths = Array.from({ length: DIAGRAM_SHADES }, () => new Path2D());
  for (let a = 0; a < from; a++) {
    const shade = paths[Math.min(DIAGRAM_SHADES - 1, Math.floor(strengths[a] * DIAGRAM_SHADES))];
    const y = left.y + ((a + 0.5) * left.height) / from;
    for (let b = 0; b < to; b++) {
      if (local && Math.abs((a + 0.5) / from - (b + 0.5) / to) > 0.06) continue;
      const z = right.y + ((b + 0.5) * right.height) / to;
      shade.moveTo(start, y);
      shade.bezierCurveTo(start + bend, y, end - bend, z, end, z);
    }
  }
  const dense = local ? 2.2 : 1;
  const ink = diagramLit(pen, colours, width, flow);
  pen.lineWidth = 0.7;
  paths.forEach((path, shade) => {
    pen.globalAlpha = alpha * Math.min(1, dense * (0.05 + (0.3 * shade) / DIAGRAM_SHADES));
    pen.strokeStyle = ink;
    pen.stroke(path);
  });
  pen.globalAlpha = 1;
}

// The connections' colour: the text's, with the accent where the light passes.
function diagramLit(pen, colours, width, flow) {
  const plain = diagramRgba(colours.ink, 0.75);
  if (flow === null) return plain;
  const light = pen.createLinearGradient(0, 0, width, 0);
  const stop = (place, colour) => light.addColorStop(Math.max(0, Math.min(1, place)), colour);
  stop(0, plain);
  stop(flow - 0.16, plain);
  stop(flow, diagramRgba(colours.accent, 1));
  stop(flow + 0.04, plain);
  stop(1, plain);
  return light;
}

function diagramCells(pen, column, colours) {
  const { across, down, maps } = diagramGrid(column);
  const [high, wide] = [maps[0] * down, maps[1] * across];
  if (!column.shown) {
    pen.fillStyle = diagramRgba(colours.ink, 0.16);
    pen.fillRect(column.x, column.y, column.width, column.height);
    return;
  }
  const pixels = (column.cells ??= new ImageData(wide, high));
  for (let index = 0; index < column.shown.length; index++) {
    const size = maps[0] * maps[1];
    const [channel, inside] = [Math.floor(index / size), index % size];
    const row = Math.floor(channel / across) * maps[0] + Math.floor(inside / maps[1]);
    const place = 4 * (row * wide + (channel % across) * maps[1] + (inside % maps[1]));
    const value = column.shown[index] / column.scale;
    pixels.data.set(diagramSign(value, colours), place);
    pixels.data[place + 3] = 255 * Math.min(1, 0.06 + 0.94 * Math.abs(value));
  }
  diagramStamp(pen, pixels, column);
  if (maps[0] < 2) return;
  pen.strokeStyle = diagramRgba(colours.ink, 0.25); // between feature maps
  pen.lineWidth = 0.5;
  pen.beginPath();
  for (let row = 0; row <= down; row++) {
    pen.moveTo(column.x, column.y + (row * column.height) / down);
    pen.lineTo(column.x + column.width, column.y + (row * column.height) / down);
  }
  for (let each = 0; each <= across; each++) {
    pen.moveTo(column.x + (each * column.width) / across, column.y);
    pen.lineTo(column.x + (each * column.width) / across, column.y + column.height);
  }
  pen.stroke();
}

let diagramScratch = null;

function diagramStamp(pen, pixels, { x, y, width, height }) {
  diagramScratch ??= document.createElement("canvas");
  [diagramScratch.width, diagramScratch.height] = [pixels.width, pixels.height];
  diagramScratch.getContext("2d").putImageData(pixels, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(diagramScratch, x, y, width, height);
}

// The bottleneck, one cell for each unit, hollow and struck where the unit is inactive.
function diagramCode(pen, column, { colours, off, sizes, height, image }) {
  pen.strokeStyle = diagramRgba(colours.accent, 0.8);
  pen.lineWidth = 1;
  for (const size of sizes ?? []) {
    const tall = diagramHeight(size, height, image);
    if (size !== column.count) pen.strokeRect(column.x - 2.5, (height - tall) / 2, column.width + 5, tall);
  }
  const pitch = column.height / column.count;
  const gap = pitch > 3 ? 1 : 0;
  for (let unit = 0; unit < column.count; unit++) {
    const y = column.y + unit * pitch;
    if (off?.[unit]) {
      pen.strokeStyle = diagramRgba(colours.ink, 0.45);
      pen.lineWidth = 0.8;
      pen.strokeRect(column.x + 0.5, y + 0.4, column.width - 1, Math.max(0.5, pitch - gap - 0.8));
      pen.beginPath();
      pen.moveTo(column.x, y + pitch - gap);
      pen.lineTo(column.x + column.width, y);
      pen.stroke();
      continue;
    }
    const value = column.shown ? column.shown[unit] / column.scale : 1;
    pen.fillStyle = diagramRgba(colours.ink, 0.12);
    pen.fillRect(column.x, y, column.width, pitch - gap);
    pen.fillStyle = diagramRgba(diagramSign(value, colours), Math.min(1, 0.1 + 0.9 * Math.abs(value)));
    pen.fillRect(column.x, y, column.width, pitch - gap);
  }
}

function diagramImage(pen, column, colours) {
  if (!column.width) return; // something else shows it
  if (!column.shown) {
    pen.fillStyle = diagramRgba(colours.ink, 0.16);
    pen.fillRect(column.x, column.y, column.width, column.height);
    return;
  }
  diagramStamp(pen, imagePicture(column.shown), column);
}
