// A pad to draw a digit on. Sends the state "png": a data URL after each stroke, "" when cleared.

const SIDE = 280;
const PEN = 22;

export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  const clear = () => {
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, SIDE, SIDE);
  };
  const show = (url) => {
    const image = new Image();
    image.onload = () => pen.drawImage(image, 0, 0, SIDE, SIDE);
    image.src = url;
  };

  canvas.setAttribute("aria-label", data.label);
  if (canvas.width !== SIDE) {
    canvas.width = canvas.height = SIDE;
    clear();
    if (data.png) show(data.png);
  }
  if (data.replace && canvas.dataset.shown !== data.png) {
    clear();
    show(data.png);
  }
  canvas.dataset.shown = data.png;

  pen.strokeStyle = "#fff";
  pen.lineWidth = PEN;
  pen.lineCap = pen.lineJoin = "round";
  const lineTo = (event) => {
    const box = canvas.getBoundingClientRect();
    pen.lineTo(((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height);
    pen.stroke();
  };

  let down = false;
  canvas.onpointerdown = (event) => {
    down = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    lineTo(event);
    lineTo(event); // a line to where it begins is a dot
  };
  canvas.onpointermove = (event) => {
    if (down) lineTo(event);
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!down) return;
    down = false;
    setStateValue("png", canvas.toDataURL("image/png"));
  };
  parentElement.querySelector("button").onclick = () => {
    clear();
    setStateValue("png", "");
  };
}
