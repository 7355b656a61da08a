// Pictures that the components of a page share; ae/ui/pictures.py names their addresses.
import { fetchBytes } from "./fetched.js";

const PICTURES = (window.autoencoderLabPictures ??= new Map()); // promises of bitmaps, by address; the newest come last
const PICTURES_KEPT = 12;
const SHEET_COLUMNS = 50; // COLUMNS of ae/ui/pictures.py

// Return the bitmap at an address as soon as it has arrived.
export async function openPicture(address) {
  const picture =
    PICTURES.get(address) ??
    fetchBytes(address).then((png) => createImageBitmap(new Blob([png], { type: "image/png" })));
  PICTURES.delete(address);
  PICTURES.set(address, picture);
  const [oldest] = PICTURES.keys();
  if (PICTURES.size > PICTURES_KEPT) PICTURES.delete(oldest);
  return picture;
}

// Return the test images of ae.ui.pictures.page_images, of a shape: a function from an index to an image.
export async function openSheet(address, [channels, side]) {
  const bitmap = await openPicture(address);
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(bitmap, 0, 0);
  return (index) => {
    const [column, row] = [index % SHEET_COLUMNS, Math.floor(index / SHEET_COLUMNS)];
    const bytes = pen.getImageData(column * side, row * side, side, side).data;
    const image = new Float32Array(channels * side * side);
    for (let c = 0, at = 0; c < channels; c++) {
      for (let i = 0; i < side * side; i++) image[at++] = bytes[4 * i + c] / 255;
    }
    return image;
  };
}
