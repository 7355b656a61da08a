// Pictures that the components of a page share; ae/ui/pictures.py sends each once.

const PICTURES = (window.autoencoderLabPictures ??= new Map()); // promises of bitmaps, by id; the newest come last
const PICTURE_ARRIVED = "autoencoder-lab-picture";
const PICTURES_KEPT = 12;
const SHEET_COLUMNS = 50; // COLUMNS of ae/ui/pictures.py

export function keepPicture(id, png) {
  const picture = PICTURES.get(id) ?? createImageBitmap(new Blob([png], { type: "image/png" }));
  PICTURES.delete(id);
  PICTURES.set(id, picture);
  const [oldest] = PICTURES.keys();
  if (PICTURES.size > PICTURES_KEPT) PICTURES.delete(oldest);
  window.dispatchEvent(new CustomEvent(PICTURE_ARRIVED, { detail: id }));
}

// Return the bitmap of an id as soon as it has arrived.
export async function openPicture(id) {
  if (!PICTURES.has(id)) {
    await new Promise((resolve) => {
      const arrived = ({ detail }) => {
        if (detail !== id) return;
        window.removeEventListener(PICTURE_ARRIVED, arrived);
        resolve();
      };
      window.addEventListener(PICTURE_ARRIVED, arrived);
    });
  }
  return PICTURES.get(id);
}

// Return the test images of ae.ui.pictures.page_images, of a shape: a function from an index to an image.
export async function openSheet(id, [channels, side]) {
  const bitmap = await openPicture(id);
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
