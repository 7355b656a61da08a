// A button with the models' dots: opens the sidebar and goes to the list of models, where they are changed.

const LIST = ".st-key-runs_choice";

// The list, once the sidebar is open and has moved in; null if it does not come.
async function changeList() {
  for (let wait = 0; wait < 40; wait++) {
    const list = document.querySelector(LIST);
    if (list?.checkVisibility() && list.getBoundingClientRect().left >= 0) return list;
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
  button.onclick = async () => {
    document.querySelector("[data-testid=stExpandSidebarButton]")?.click();
    const list = await changeList();
    list?.scrollIntoView({ block: "center" });
    if (matchMedia("(hover: hover)").matches) list?.querySelector("input")?.focus({ preventScroll: true }); // no screen keyboard
  };
}
