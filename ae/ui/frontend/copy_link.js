// Two buttons: one copies the page's address, which holds everything that was chosen, the other the page's main picture.

import { mounted } from "./mounted.js";
import { pagePicture } from "./page_picture.js";

const SHOWN = 2500; // milliseconds for which a button says what it did

const copyText = async (text, near) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission, or on a page that is not served by localhost or https.
    const field = document.createElement("textarea");
    field.value = text;
    near.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  return "Copied";
};

// Browsers refuse the clipboard without permission; then the picture is saved as a file.
const copyPicture = async () => {
  const picture = await pagePicture();
  if (!picture) return "No picture on this page";
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    return "Copied";
  } catch {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = "picture.png";
    link.click();
    URL.revokeObjectURL(link.href);
    return "Not allowed to copy: saved as a file";
  }
};

export default mounted(({ parentElement }) => {
  const buttons = [...parentElement.querySelectorAll("button")];
  const actions = [() => copyText(window.location.href, parentElement.querySelector("div")), copyPicture];
  buttons.forEach((button, i) => {
    button.label ??= button.textContent;
    button.onclick = async () => {
      button.textContent = await actions[i]();
      clearTimeout(button.timer);
      button.timer = setTimeout(() => (button.textContent = button.label), SHOWN);
    };
  });
  return () => buttons.forEach((button) => clearTimeout(button.timer));
});
