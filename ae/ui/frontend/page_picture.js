// The page's main picture as a PNG: of its figures - rows of images, charts, canvases - the largest in the window.

const PICTURE_SCALE = 2; // device pixels for a CSS pixel

// All canvases and charts, those of components included; the rows of images are pictures in the background of cells.
function pictureElements(root = document.querySelector("[data-testid=stMain]")) {
  const found = [];
  for (const element of root.querySelectorAll("*")) {
    if (element.matches("canvas, img, .ae-grid, [data-testid=stPlotlyChart]")) found.push(element);
    if (element.shadowRoot) found.push(...pictureElements(element.shadowRoot));
  }
  return found.filter((element) => element.checkVisibility() && !element.closest("[data-testid=stDataFrame]"));
}

function pictureArea(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [width, height] = [Math.min(right, innerWidth) - Math.max(left, 0), Math.min(bottom, innerHeight) - Math.max(top, 0)];
  return Math.max(0, width) * Math.max(0, height);
}

async function pictureLoaded(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

// The texts and cells of rows of images, each where it is on the page.
async function pictureOfRows(pen, grid, { left, top }) {
  for (const canvas of grid.querySelectorAll(".ae-cells canvas")) {
    const box = canvas.getBoundingClientRect();
    pen.drawImage(canvas, box.left - left, box.top - top, box.width, box.height);
  }
  for (const cells of grid.querySelectorAll(".ae-cells[style*='--s']")) {
    const strip = await pictureLoaded(/--s:\s*url\("?(data:[^)"]+)"?\)/.exec(cells.getAttribute("style"))[1]);
    const each = strip.naturalWidth / cells.children.length;
    [...cells.children].forEach((cell, i) => {
      const box = cell.getBoundingClientRect();
      pen.drawImage(strip, i * each, 0, each, strip.naturalHeight, box.left - left, box.top - top, box.width, box.height);
    });
  }
  for (const missed of grid.querySelectorAll(".ae-missed")) {
    const [box, { outlineColor, outlineWidth }] = [missed.getBoundingClientRect(), getComputedStyle(missed)];
    const wide = parseFloat(outlineWidth);
    Object.assign(pen, { strokeStyle: outlineColor, lineWidth: wide });
    pen.strokeRect(box.left + wide / 2 - left, box.top + wide / 2 - top, box.width - wide, box.height - wide);
  }
  for (const mark of grid.querySelectorAll(".ae-dot, .ae-missed > b")) {
    const [box, style] = [mark.getBoundingClientRect(), getComputedStyle(mark)];
    pen.fillStyle = style.backgroundColor;
    pen.beginPath();
    pen.roundRect(box.left - left, box.top - top, box.width, box.height, mark.matches(".ae-dot") ? box.width / 2 : 0);
    pen.fill();
  }
  pen.textBaseline = "middle";
  const [texts, range] = [document.createTreeWalker(grid, NodeFilter.SHOW_TEXT), document.createRange()];
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    const [box, style] = [range.getBoundingClientRect(), getComputedStyle(texts.currentNode.parentElement)];
    if (!box.width) continue; // not shown
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = style.color;
    pen.fillText(texts.currentNode.data, box.left - left, box.top + box.height / 2 - top);
  }
}

async function pictureOfChart(pen, chart, { left, top }) {
  for (const drawing of chart.querySelectorAll(".main-svg")) {
    const [copy, box] = [drawing.cloneNode(true), drawing.getBoundingClientRect()];
    const [from, to] = [drawing, copy].map((each) => [...each.querySelectorAll("text, tspan")]);
    from.forEach((text, i) => {
      const { fill, fontFamily } = getComputedStyle(text);
      to[i].style.fill = fill;
      to[i].style.fontFamily = fontFamily;
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const text = new XMLSerializer().serializeToString(copy);
    const image = await pictureLoaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`);
    pen.drawImage(image, box.left - left, box.top - top, box.width, box.height);
  }
}

export async function pagePicture() {
  const largest = pictureElements().sort((one, other) => pictureArea(other) - pictureArea(one))[0];
  if (!largest) return null;
  const box = largest.getBoundingClientRect();
  const paper = document.createElement("canvas");
  [paper.width, paper.height] = [box.width * PICTURE_SCALE, box.height * PICTURE_SCALE];
  const pen = paper.getContext("2d");
  pen.fillStyle = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.scale(PICTURE_SCALE, PICTURE_SCALE);
  pen.imageSmoothingEnabled = false;
  if (largest.matches(".ae-grid")) await pictureOfRows(pen, largest, box);
  else if (largest.matches("canvas, img")) pen.drawImage(largest, 0, 0, box.width, box.height);
  else await pictureOfChart(pen, largest, box);
  return new Promise((resolve) => paper.toBlob(resolve, "image/png"));
}
