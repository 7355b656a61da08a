// A button that opens the sidebar and goes to a part of it, such as the list of models, whose dots it then has.

// That part, once the sidebar is open and has moved in; null if it does not come.
async function sidebarPart(to) {
  for (let wait = 0; wait < 40; wait++) {
    const part = document.querySelector(to);
    if (part?.checkVisibility() && part.getBoundingClientRect().left >= 0) return part;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const dots = data.colours.map((colour) => {
    const dot = document.createElement("i");
    dot.style.background = colour;
    return dot;
  });
  button.querySelector("span").replaceChildren(...dots);
  button.querySelector("b").textContent = data.words;
  button.onclick = async () => {
    document.querySelector("[data-testid=stExpandSidebarButton]")?.click();
    const part = await sidebarPart(data.to);
    part?.scrollIntoView({ block: "center" });
    if (matchMedia("(hover: hover)").matches) part?.querySelector("input")?.focus({ preventScroll: true }); // no screen keyboard
  };
}
