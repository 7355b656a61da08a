// Places on the way from one latent code to another, as ae/analysis/interpolate.py computes them.

const walkBlend = (one, other, share) => {
  const part = Math.fround(share);
  return one.map((value, i) => value + Math.fround(part * Math.fround(other[i] - value)));
};

const walkLength = (code) => Math.sqrt(code.reduce((sum, value) => sum + value * value, 0));

const walkArc = (one, other, share) => {
  const [a, b] = [walkLength(one), walkLength(other)];
  if (!(a * b > 0)) return walkBlend(one, other, share);
  const dot = one.reduce((sum, value, i) => sum + (value / a) * (other[i] / b), 0);
  const cosine = Math.max(-1, Math.min(1, dot));
  if (Math.abs(cosine) > 1 - 1e-7) return walkBlend(one, other, share); // there is no arc
  const angle = Math.acos(cosine);
  const length = a + share * (b - a);
  const [from, to] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
  return one.map((value, i) => (length * (from * (value / a) + to * (other[i] / b))) / Math.sin(angle));
};

const walkAlong = (codes, size, share) => {
  const last = codes.length / size - 1;
  const before = Math.min(Math.floor(share * last), last - 1);
  const code = (n) => codes.subarray(n * size, (n + 1) * size);
  return walkBlend(code(before), code(before + 1), share * last - before);
};

// Return the code, Float32Array, at a share of the way, 0 to 1, between two codes.
//   way: "linear", "spherical", or any other, for which the server has sent codes along the way, in order
export function codeAt(way, one, other, share, codes = null) {
  if (codes) return walkAlong(codes, one.length, share);
  return way === "spherical" ? walkArc(one, other, share) : walkBlend(one, other, share);
}

// Return the code at a place in a square, right and down being 0 to 1, between the codes in its corners: top left, top
// right, bottom left, bottom right.
export function codeBetween([topLeft, topRight, bottomLeft, bottomRight], right, down) {
  return walkBlend(walkBlend(topLeft, bottomLeft, down), walkBlend(topRight, bottomRight, down), right);
}
