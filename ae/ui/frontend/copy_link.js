// A button that copies the page's address, which holds everything that was chosen.

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
};

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    await copyText(window.location.href, parentElement.querySelector("div"));
    button.textContent = "Copied";
    clearTimeout(button.timer);
    button.timer = setTimeout(() => (button.textContent = "Copy link"), 2000);
  };
  return () => clearTimeout(button.timer);
}
