// Images decoded all over an area of a plane, as the background of a map.

import { imagePicture } from "./images.js";

const TILE_SHARE = 8; // milliseconds of each frame, so that the page follows the pointer meanwhile

// Make a canvas of count x count images, each decoded in the middle of its cell, and return it at once; they appear on it
// over the next frames, rows from the top.
//   area: { left, right, bottom, top }
//   decode: an async function from [x, y] to an image
//   onFrame: called after each frame in which there are new ones; no more are decoded where it returns false
export function planeTiles(area, count, decode, onFrame = () => true) {
  const canvas = document.createElement("canvas");
  paintTiles(canvas, area, count, decode, onFrame);
  return canvas;
}

async function paintTiles(canvas, { left, right, bottom, top }, count, decode, onFrame) {
  const pen = canvas.getContext("2d");
  let begun = performance.now();
  for (let i = 0; i < count * count; i++) {
    const [column, row] = [i % count, Math.floor(i / count)];
    const place = [left + ((column + 0.5) / count) * (right - left), top - ((row + 0.5) / count) * (top - bottom)];
    const tile = imagePicture(await decode(place));
    if (i === 0) canvas.width = canvas.height = count * tile.width;
    pen.putImageData(tile, column * tile.width, row * tile.height);
    if (performance.now() - begun < TILE_SHARE && i < count * count - 1) continue;
    if (onFrame() === false) return;
    await new Promise(requestAnimationFrame);
    begun = performance.now();
  }
}
