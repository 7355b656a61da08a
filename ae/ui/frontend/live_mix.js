// What lies between two epochs: of points, and of the areas that are seen.

export function liveMix(result, from, to, share) {
  for (let i = 0; i < result.length; i += 1) result[i] = from[i] + (to[i] - from[i]) * share;
}

export function liveMixed(from, to, share) {
  const mixed = {};
  for (const side of ["left", "right", "bottom", "top"]) mixed[side] = from[side] + (to[side] - from[side]) * share;
  return mixed;
}
