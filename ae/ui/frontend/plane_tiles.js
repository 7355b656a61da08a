// Digits decoded all over an area of a plane, as the background of a map.

const TILE_SIDE = 28; // pixels
const TILE_SHARE = 8; // milliseconds of each frame, so that the page follows the pointer meanwhile

// Make a canvas of count x count digits, each decoded in the middle of its cell, and return it at once; they appear on it
// over the next frames, rows from the top.
//   area: { left, right, bottom, top }
//   decode: an async function from [x, y] to 784 values in [0, 1]
//   onFrame: called after each frame in which there are new ones; no more are decoded where it returns false
export function planeTiles(area, count, decode, onFrame = () => true) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = count * TILE_SIDE;
  paintTiles(canvas.getContext("2d"), area, count, decode, onFrame);
  return canvas;
}

async function paintTiles(pen, { left, right, bottom, top }, count, decode, onFrame) {
  const tile = new ImageData(TILE_SIDE, TILE_SIDE);
  let begun = performance.now();
  for (let i = 0; i < count * count; i++) {
    const [column, row] = [i % count, Math.floor(i / count)];
    const place = [left + ((column + 0.5) / count) * (right - left), top - ((row + 0.5) / count) * (top - bottom)];
    const pixels = await decode(place);
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const grey = 255 * pixels[pixel];
      tile.data.set([grey, grey, grey, 255], 4 * pixel);
    }
    pen.putImageData(tile, column * TILE_SIDE, row * TILE_SIDE);
    if (performance.now() - begun < TILE_SHARE && i < count * count - 1) continue;
    if (onFrame() === false) return;
    await new Promise(requestAnimationFrame);
    begun = performance.now();
  }
}
