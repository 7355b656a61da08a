// What a diagram of a network shows: its operations grouped into layers, and where each layer lies.

import { imageShape } from "./images.js";

const DIAGRAM_OPS = {
  linear: "linear",
  convolution: "convolution",
  "transposed convolution": "transposed convolution",
  "layer normalisation": "layer normalisation",
  "scale and shift": "batch normalisation",
  relu: "ReLU",
  "leaky relu": "leaky ReLU",
  gelu: "GELU",
  silu: "SiLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  "top-k": "top-k",
  quantisation: "quantisation",
  network: "network",
};
// "network" stands for a whole encoder or decoder whose layers are unknown.
const DIAGRAM_WEIGHTED = new Set(["linear", "convolution", "transposed convolution", "network"]);
// Heights are a power of the number of values, because a layer of 8 beside one of 784 would be invisible to scale.
const DIAGRAM_POWER = 0.42;

export function diagramCount(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

// Groups operations, as network.layers() lists them, into layers: a linear layer or a convolution with the operations
// that follow it, or a whole residual block. Returns [{ name, kinds, shape, count, parameters, at }], where "at" is the
// position of the operation whose output the layer shows.
export function diagramStages(operations) {
  const stages = [];
  operations.forEach((operation, at) => {
    const last = stages.at(-1);
    const normal = operation.op === "layer normalisation";
    const open = last?.kinds.length === 1 && last.kinds[0] === "layer normalisation";
    const joins = open && DIAGRAM_WEIGHTED.has(operation.op);
    if ((DIAGRAM_WEIGHTED.has(operation.op) && !joins) || normal) {
      stages.push({ name: operation.name, kinds: [], shape: operation.shape, parameters: 0, first: at, at });
    }
    const stage = stages.at(-1);
    if (!stage) return; // the image is flattened before the first layer
    const flattens = operation.op === "same" && operation.shape.length < stage.shape.length;
    if (joins) stage.name = operation.name;
    if (!flattens) [stage.shape, stage.at] = [operation.shape, at];
    if (DIAGRAM_OPS[operation.op]) stage.kinds.push(DIAGRAM_OPS[operation.op]);
    stage.parameters += operation.parameters;
    if (operation.op === "add" && operation.inputs) diagramMergeBlock(stages, Math.min(...operation.inputs), at);
  });
  return stages.map((stage) => ({ ...stage, count: diagramCount(stage.shape) }));
}

// Makes one layer of those that begin after the operation "start": the branch that is added to its output.
function diagramMergeBlock(stages, start, at) {
  const from = stages.findIndex((stage) => stage.first > start);
  if (from < 0 || from === stages.length - 1) return;
  const block = stages.splice(from);
  const name = block[0].name.split(".").slice(0, -1).join(".") || block[0].name;
  const parameters = block.reduce((sum, stage) => sum + stage.parameters, 0);
  stages.push({ ...block.at(-1), name, kinds: ["residual block"], parameters, first: block[0].first, at });
}

export function diagramShape(shape) {
  return shape.join(" × ");
}

// A layer in words; short for narrow pages.
export function diagramWords(stage, short = false) {
  const kinds = stage.kinds.join(", ");
  const values = stage.count === 1 ? "1 value" : `${diagramShape(stage.shape)} values`;
  const parameters = `${stage.parameters.toLocaleString("en")} parameters`;
  if (short) return `${kinds} · ${diagramShape(stage.shape)} · ${parameters}`;
  return `${stage.name}: ${kinds} · ${values} · ${parameters}`;
}

// The height of a layer in a picture of some height, beside an image of so many values.
export function diagramHeight(count, height, image) {
  return Math.max(6, height * Math.min(1, count / image) ** DIAGRAM_POWER);
}

// Places columns from left to right, the image first and last: [{ ...stage, part, x, y, width, height }].
// ends: "image" (a square), "strip" (a column of values), or "none", where something else shows the image.
export function diagramPlaces(encode, decode, { width, height, ends }) {
  const { count } = decode.at(-1); // of the image that comes out, as of the one that goes in
  const { channels, side } = imageShape(count);
  const shape = channels === 1 ? [side, side] : [channels, side, side];
  const image = { name: "image", kinds: [], shape, count, parameters: 0, at: -1 };
  const columns = [
    { ...image, part: "input" },
    ...encode.map((stage, index) => ({ ...stage, part: index === encode.length - 1 ? "code" : "encode" })),
    ...decode.map((stage, index) => ({ ...stage, part: index === decode.length - 1 ? "output" : "decode" })),
  ];
  const inner = columns.length - 2;
  const square = Math.min(height, 0.24 * width);
  const room = width - (ends === "image" ? 2 * square : 0);
  const thick = Math.max(5, Math.min(26, (0.36 * room) / (inner + (ends === "strip" ? 2 : 0))));
  const end = { image: square, strip: thick, none: 0 }[ends];
  const gap = (width - 2 * end - inner * thick) / (inner + 1);
  return columns.map((column, index) => {
    const outer = index === 0 || index === inner + 1;
    const tall = outer ? (ends === "image" ? square : height) : diagramHeight(column.count, height, count);
    const x = index === 0 ? 0 : index === inner + 1 ? width - end : end + gap * index + thick * (index - 1);
    return { ...column, x, y: (height - tall) / 2, width: outer ? end : thick, height: tall };
  });
}

// The rows and columns of a layer's cells: feature maps side by side, or a strip of single values.
// Returns { across, down, maps: [rows, columns] of one map }.
export function diagramGrid(column) {
  const [channels, ...map] = column.shape.length === 3 ? column.shape : [column.count];
  if (column.part === "code") return { across: 1, down: column.count, maps: [1, 1] };
  const across = Math.max(1, Math.min(channels, Math.round(Math.sqrt((channels * column.width) / column.height))));
  return { across, down: Math.ceil(channels / across), maps: map.length ? map : [1, 1] };
}
