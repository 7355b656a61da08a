// A bar for each unit with what it is worth, which is a switch. Data: { units: [{ unit, worth, active, on }], echo }.
// Trigger: "off" = { number, units }, those that are off; the server repeats the newest number that it knows as "echo".

import { make } from "./elements.js";

const SWITCHES_MANY = 16; // units in one column; more are in three, or in two where there is less room

class UnitSwitches {
  number = 0; // of the newest message

  constructor(root) {
    this.root = root;
  }

  update({ units, echo }, send) {
    this.send = send;
    const shown = JSON.stringify(units.map(({ unit, worth, active }) => [unit, worth, active]));
    if (shown !== this.shown) this.build(units);
    else if (echo < this.number) return; // from before the newest click
    this.shown = shown;
    units.forEach(({ active, on }, i) => active && this.put(this.buttons[i], on));
  }

  build(units) {
    const most = Math.max(1e-9, ...units.map(({ worth }) => worth));
    this.units = units;
    const many = units.length > SWITCHES_MANY;
    this.root.classList.toggle("many", many);
    this.root.style.setProperty("--rows", Math.ceil(units.length / (many ? 3 : 1)));
    this.root.style.setProperty("--narrow-rows", Math.ceil(units.length / (many ? 2 : 1)));
    this.root.replaceChildren();
    this.buttons = units.map(({ unit, worth, active }) => {
      const button = make(this.root, "button", active ? "" : "inactive");
      button.type = "button";
      make(button, "span", active ? "knob" : "");
      const name = make(button, "span", "name");
      make(name, "span", "word", "Unit ");
      name.append(unit);
      const bar = make(button, "span", "bar", active ? "" : "inactive");
      bar.style.setProperty("--share", Math.max(0, worth / most));
      make(button, "span", "worth", active ? `${worth < 0 ? "−" : "+"}${Math.round(100 * Math.abs(worth))}%` : "");
      button.disabled = !active;
      button.onclick = () => this.toggle(button);
      return button;
    });
  }

  put(button, on) {
    button.setAttribute("aria-pressed", on);
    button.title = on ? "Switch it off" : "Switch it on";
  }

  toggle(button) {
    this.put(button, button.getAttribute("aria-pressed") !== "true");
    const off = this.units.filter((_, i) => this.buttons[i].getAttribute("aria-pressed") === "false");
    this.number = Date.now();
    this.send({ number: this.number, units: off.map(({ unit }) => unit) });
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.switches ??= new UnitSwitches(parentElement.querySelector(".unit-switches"));
  parentElement.switches.update(data, (message) => setTriggerValue("off", message));
}
