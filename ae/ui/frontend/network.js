// Runs a network in the page. ae/models/graph.py describes the layers and packs them with their weights.
// A network that the page can't compute is remote: the same calls are answered by the server.
import { fetchBytes } from "./fetched.js";

const NETWORKS = (window.autoencoderLabNetworks ??= new Map()); // promises, by id; they outlive the screens

// Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.26: at most 1.5e-7 from erf.
const erf = (x) => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
};

const elementwise = (of) => (layer, x) => {
  const out = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = of(x[i], layer);
  return out;
};

const linear = ({ weight, bias }, x) => {
  const inputs = x.length;
  const outputs = weight.length / inputs;
  const out = new Float32Array(outputs);
  const even = inputs - (inputs % 4);
  for (let o = 0, w = 0; o < outputs; o++, w += inputs) {
    let [a, b, c, d] = [bias ? bias[o] : 0, 0, 0, 0]; // four sums at once, because each addition waits for the last
    for (let i = 0; i < even; i += 4) {
      a += weight[w + i] * x[i];
      b += weight[w + i + 1] * x[i + 1];
      c += weight[w + i + 2] * x[i + 2];
      d += weight[w + i + 3] * x[i + 3];
    }
    for (let i = even; i < inputs; i++) a += weight[w + i] * x[i];
    out[o] = a + b + (c + d);
  }
  return out;
};

// Visit every pair of a pixel of a convolution's larger image and a pixel of its smaller one that the kernel connects.
const connect = (layer, large, small, visit) => {
  const [strideY, strideX] = layer.stride;
  const [padY, padX] = layer.padding;
  const [kernelY, kernelX] = layer.kernel;
  for (let y = 0; y < small[1]; y++) {
    for (let ky = 0; ky < kernelY; ky++) {
      const Y = y * strideY - padY + ky;
      if (Y < 0 || Y >= large[1]) continue;
      for (let x = 0; x < small[2]; x++) {
        for (let kx = 0; kx < kernelX; kx++) {
          const X = x * strideX - padX + kx;
          if (X >= 0 && X < large[2]) visit(Y * large[2] + X, y * small[2] + x, ky * kernelX + kx);
        }
      }
    }
  }
};

const filled = (layer) => {
  const [channels, height, width] = layer.shape;
  const out = new Float32Array(channels * height * width);
  if (layer.bias) for (let c = 0; c < channels; c++) out.fill(layer.bias[c], c * height * width, (c + 1) * height * width);
  return out;
};

const convolution = (layer, x) => {
  const [from, to, taps] = [layer.inputShape[0], layer.shape[0], layer.kernel[0] * layer.kernel[1]];
  const [sizeIn, sizeOut] = [layer.inputShape[1] * layer.inputShape[2], layer.shape[1] * layer.shape[2]];
  const out = filled(layer);
  connect(layer, layer.inputShape, layer.shape, (large, small, tap) => {
    for (let i = 0; i < from; i++) {
      const value = x[i * sizeIn + large];
      if (value === 0) continue;
      for (let o = 0; o < to; o++) out[o * sizeOut + small] += value * layer.weight[(o * from + i) * taps + tap];
    }
  });
  return out;
};

const transposedConvolution = (layer, x) => {
  const [from, to, taps] = [layer.inputShape[0], layer.shape[0], layer.kernel[0] * layer.kernel[1]];
  const [sizeIn, sizeOut] = [layer.inputShape[1] * layer.inputShape[2], layer.shape[1] * layer.shape[2]];
  const out = filled(layer);
  connect(layer, layer.shape, layer.inputShape, (large, small, tap) => {
    for (let i = 0; i < from; i++) {
      const value = x[i * sizeIn + small];
      if (value === 0) continue;
      for (let o = 0; o < to; o++) out[o * sizeOut + large] += value * layer.weight[(i * to + o) * taps + tap];
    }
  });
  return out;
};

// Each stretch of `length` numbers with mean 0 and variance 1.
const standardised = (x, length, eps) => {
  const out = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += length) {
    let [mean, variance] = [0, 0];
    for (let i = 0; i < length; i++) mean += x[start + i] / length;
    for (let i = 0; i < length; i++) variance += (x[start + i] - mean) ** 2 / length;
    const scale = 1 / Math.sqrt(variance + eps);
    for (let i = 0; i < length; i++) out[start + i] = (x[start + i] - mean) * scale;
  }
  return out;
};

// Over the last dimension: shape (..., features).
const layerNormalisation = ({ shape, eps, weight, bias }, x) => {
  const features = shape[shape.length - 1];
  return standardised(x, features, eps).map((z, i) => z * (weight?.[i % features] ?? 1) + (bias?.[i % features] ?? 0));
};

// Over groups of channels: shape (channels, ...).
const groupNormalisation = ({ shape, groups, eps, weight, bias }, x) => {
  const each = x.length / shape[0];
  return standardised(x, x.length / groups, eps).map((z, i) => {
    const channel = Math.floor(i / each);
    return z * (weight?.[channel] ?? 1) + (bias?.[channel] ?? 0);
  });
};

// Over the first dimension: shape (channels, ...).
const scaleAndShift = (layer, x) => {
  const each = x.length / layer.weight.length;
  return x.map((value, i) => value * layer.weight[Math.floor(i / each)] + layer.bias[Math.floor(i / each)]);
};

// Keep the largest units, and set the others to 0.
const topK = ({ units }, x) => {
  const order = Array.from(x.keys()).sort((a, b) => x[b] - x[a]);
  const out = new Float32Array(x.length);
  for (const i of order.slice(0, units)) out[i] = x[i];
  return out;
};

// Replace each group of units by the nearest vector of the group's codebook; a last group that is too small counts as
// filled up with 0.
const quantisation = ({ weight, group, vectors }, x) => {
  const out = new Float32Array(x.length);
  for (let first = 0; first < x.length; first += group) {
    const book = first * vectors;
    let [nearest, least] = [0, Infinity];
    for (let v = 0; v < vectors; v++) {
      let distance = 0;
      for (let i = 0; i < group; i++) distance += ((x[first + i] ?? 0) - weight[book + v * group + i]) ** 2;
      if (distance < least) [nearest, least] = [v, distance];
    }
    for (let i = 0; i < group && first + i < x.length; i++) out[first + i] = weight[book + nearest * group + i];
  }
  return out;
};

const OPERATIONS = {
  linear,
  convolution,
  "transposed convolution": transposedConvolution,
  "layer normalisation": layerNormalisation,
  "group normalisation": groupNormalisation,
  "scale and shift": scaleAndShift,
  "top-k": topK,
  quantisation,
  same: (layer, x) => x,
  add: (layer, x, y) => x.map((value, i) => value + (y ? y[i] : layer.constant)),
  multiply: (layer, x, y) => x.map((value, i) => value * (y ? y[i] : layer.constant)),
  clamp: elementwise((x, { low, high }) => Math.min(Math.max(x, low ?? -Infinity), high ?? Infinity)),
  relu: elementwise((x) => (x > 0 ? x : 0)),
  "leaky relu": elementwise((x, layer) => (x > 0 ? x : layer.slope * x)),
  gelu: elementwise((x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
  silu: elementwise((x) => x / (1 + Math.exp(-x))),
  tanh: elementwise(Math.tanh),
  sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x))),
};

const product = (shape) => shape.reduce((size, side) => size * side, 1);

// A network whose weights are in the page.
export class Network {
  local = true;
  reason = "";
  graphs = {};
  sizes = {}; // numbers that go in and come out, by function

  // bytes: what ae.models.graph.pack writes, an ArrayBuffer.
  constructor(bytes) {
    const length = new DataView(bytes).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    const numbers = new Float32Array(bytes, 4 + length);
    for (const [name, { shape, layers }] of Object.entries(header)) {
      for (const layer of layers) {
        layer.parameters = 0;
        for (const [key, [start, size]] of Object.entries(layer.weights)) {
          layer[key] = numbers.subarray(start, start + size);
          layer.parameters += size;
        }
        const input = layer.inputs[0] ?? -1;
        layer.inputShape = input < 0 ? shape : layers[input].shape;
      }
      this.graphs[name] = layers;
      this.sizes[name] = [product(shape), product(layers[layers.length - 1].shape)];
    }
  }

  // Return the output of every layer of a function for one input.
  outputs(name, x) {
    const found = [];
    for (const layer of this.graphs[name]) {
      const inputs = layer.inputs.map((place) => (place < 0 ? x : found[place]));
      found.push(OPERATIONS[layer.op](layer, ...inputs));
    }
    return found;
  }

  // Return a function's results for one input or for several in a row, Float32Array both.
  async run(name, inputs) {
    const [size, length] = this.sizes[name];
    if (inputs.length === size) return this.outputs(name, inputs).pop();
    const out = new Float32Array((inputs.length / size) * length);
    for (let i = 0; i * size < inputs.length; i++) {
      out.set(this.outputs(name, inputs.subarray(i * size, (i + 1) * size)).pop(), i * length);
    }
    return out;
  }

  // Return a function's layers: name, op, shape and count of parameters of each, and the layers that it takes.
  layers(name) {
    return this.graphs[name].map(({ name, op, shape, parameters, inputs }) => ({ name, op, shape, parameters, inputs }));
  }

  // Return the layers with their outputs for one input, as "values".
  async values(name, x) {
    const found = this.outputs(name, x);
    return this.layers(name).map((layer, i) => ({ ...layer, values: found[i] }));
  }
}

// A network that only the server can compute. A request that a newer one overtakes is never answered.
export class RemoteNetwork {
  local = false;
  waiting = {}; // the newest request that has not been sent, by function
  sent = null;
  count = 0;

  constructor({ id, reason, sizes, layers }) {
    this.id = id;
    this.reason = reason;
    this.sizes = sizes;
    this.known = layers;
  }

  run(name, inputs) {
    return new Promise((resolve) => {
      this.waiting[name] = { number: ++this.count, network: this.id, name, inputs: Array.from(inputs), resolve };
      this.send();
    });
  }

  send() {
    const [next] = Object.values(this.waiting);
    if (this.sent || !next) return;
    delete this.waiting[next.name];
    this.sent = next;
    const { number, network, name, inputs } = next;
    this.ask({ number, network, name, inputs });
  }

  receive(answer) {
    if (!this.sent || answer?.network !== this.id || answer.number !== this.sent.number) return;
    const { resolve } = this.sent;
    this.sent = null;
    resolve(Float32Array.from(answer.outputs));
    this.send();
  }

  layers(name) {
    return this.known[name] ?? [];
  }

  async values() {
    return null;
  }
}

// Return the network that a reference of ae.ui.network names, as soon as it has arrived.
//   host: the component's parentElement, which keeps a remote network from one run of the component to the next.
//   ask: sends a request to the server: (request) => setTriggerValue("ask", request).
//   answer: data.answer.
export async function openNetwork(reference, { host, ask, answer } = {}) {
  if (!reference.reason) {
    if (!NETWORKS.has(reference.id)) {
      NETWORKS.set(reference.id, fetchBytes(reference.address).then((bytes) => new Network(bytes)));
    }
    return NETWORKS.get(reference.id);
  }
  const known = (host.remoteNetworks ??= new Map());
  if (!known.has(reference.id)) known.set(reference.id, new RemoteNetwork(reference));
  const network = known.get(reference.id);
  network.ask = ask;
  network.receive(answer);
  return network;
}
