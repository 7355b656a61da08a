// Elements of a page.

// Append a new element with a class and a text.
export function make(parent, tag, name = "", text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  parent.append(element);
  return element;
}

// Set a text, which is left alone if it is the same: a selection in it stays.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
