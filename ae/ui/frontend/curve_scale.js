// The axes of curve.js: which values get a tick, how numbers are written, and where a value lies.

// A number in three significant digits, as in 0.0123, 4.56 and 1.2e-5.
export function curveNumber(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return value.toExponential(2).replace(/\.?0+e/, "e");
  return size >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function curveStep(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function curveLinearTicks(low, high, count, whole) {
  const step = Math.max(curveStep(high - low, count), whole ? 1 : 0);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

// Ticks of an axis, about `count` of them; on a logarithmic one 1, 2 and 5 of each decade while there is room.
export function curveTicks(low, high, { log = false, whole = false, count = 6 } = {}) {
  if (!(high > low)) return [low];
  if (!log) return curveLinearTicks(low, high, count, whole);
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const factor of factors) {
        const tick = Number((factor * 10 ** power).toPrecision(3));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length < 3 && factors.length === 3) return curveLinearTicks(low, high, count, false);
    if (ticks.length <= 1.5 * count) return ticks;
  }
  return [];
}

// Map [low, high] to [from, to], and back.
export function curveAxis(low, high, from, to, log) {
  const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high];
  const scale = (to - from) / (b - a || 1);
  return {
    low,
    high,
    pixel: (value) => from + ((log ? Math.log(value) : value) - a) * scale,
    value: (pixel) => (log ? Math.exp(a + (pixel - from) / scale) : a + (pixel - from) / scale),
  };
}

// The index of the number nearest to `value` in an increasing list; -1 if it is empty.
export function curveNearest(list, value) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value - list[low - 1] <= list[low] - value ? low - 1 : low < list.length ? low : -1;
}
