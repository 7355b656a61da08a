// A row of pairs of images with a divider across them. data.left and data.right: the images side by side, as data URLs.

import { Divider } from "./divider.js";

const pictureOf = async (url) => {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
};

const paintAll = async (data, divider) => {
  const pictures = await Promise.all([pictureOf(data.left), pictureOf(data.right)]);
  if (divider.data !== data) return; // overtaken
  divider.show(data.count, data.labels).forEach((cell, i) => {
    [cell.left, cell.right].forEach((canvas, side) => {
      canvas.getContext("2d").drawImage(pictures[side], 28 * i, 0, 28, 28, 0, 0, 28, 28);
    });
  });
};

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".comparison");
  const divider = (parentElement.divider ??= new Divider(root, { names: data.names }));
  root.style.maxWidth = `${data.count * data.largest}px`;
  divider.data = data;
  paintAll(data, divider);
}
