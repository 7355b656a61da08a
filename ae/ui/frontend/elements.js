// Elements of a page.

// Append a new element with a class and a text.
export function make(parent, tag, name = "", text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  parent.append(element);
  return element;
}

// Append a new SVG element with some attributes.
export function makeSvg(parent, tag, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

// Set a text, which is left alone if it is the same: a selection in it stays.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
