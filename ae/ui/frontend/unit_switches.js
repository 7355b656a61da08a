// A bar for each active unit with what it is worth, which is a switch, and below them the inactive ones.
// Data: { units: [{ unit, worth, active, on }], echo }.
// Trigger: "off" = { number, units }, those that are off; the server repeats the newest number that it knows as "echo".

import { make } from "./elements.js";

const SWITCHES_MANY = 16; // units in one column; more are in three, or in two where there is less room
const SWITCHES_CHIPS = 8; // units as chips in two columns, on a phone; more are in three

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
    const on = new Map(units.map((each) => [each.unit, each.on]));
    this.units.forEach(({ unit }, i) => this.put(this.buttons[i], on.get(unit)));
  }

  build(units) {
    this.units = units.filter(({ active }) => active);
    const most = Math.max(1e-9, ...this.units.map(({ worth }) => worth));
    const many = this.units.length > SWITCHES_MANY;
    this.root.replaceChildren();
    const active = make(this.root, "div", many ? "active many" : "active");
    active.classList.toggle("close", this.units.length > SWITCHES_CHIPS);
    active.style.setProperty("--rows", Math.ceil(this.units.length / (many ? 3 : 1)));
    active.style.setProperty("--narrow-rows", Math.ceil(this.units.length / (many ? 2 : 1)));
    this.buttons = this.units.map(({ unit, worth }) => {
      const button = make(active, "button", "");
      button.type = "button";
      make(button, "span", "knob");
      this.name(make(button, "span", "name"), unit);
      make(button, "span", "bar").style.setProperty("--share", Math.max(0, worth / most));
      make(button, "span", "worth", `${worth < 0 ? "−" : "+"}${Math.round(100 * Math.abs(worth))}%`);
      button.onclick = () => this.toggle(button);
      return button;
    });
    const idle = units.filter(({ active }) => !active);
    if (!idle.length) return;
    make(this.root, "p", "", "Inactive: nothing changes without them");
    const list = make(this.root, "div", "idle");
    for (const { unit } of idle) this.name(make(list, "span", "inactive"), unit);
  }

  name(place, unit) {
    make(place, "span", "word", "Unit ");
    place.append(unit);
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
