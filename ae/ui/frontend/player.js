// Play, pause, scrub and speed for anything with numbered frames. Needs the style "player".
//
//   const player = new Player(root, { name: "Epoch", onFrame(position) {}, onRest(frame) {} });
//   near: whether the frame's name stands above the slider's handle, not beside the slider.
//   early: whether the first frames are shown for longer, because most happens there.
//   player.setFrames(["0", "1", ...], { follow: true });   what each is called; follow: go on to a new last frame
//   player.seek(position); player.play({ from: 0 }); player.pause(); player.position; player.last; player.atEnd; player.destroy()
//
// Positions are fractions of frames, so that views interpolate. Keys: space plays, arrows step, Home and End.

const PLAYER_SECONDS = [3, 10]; // the least and the most for a whole replay at normal speed
const PLAYER_FRAME = 0.3; // seconds for a frame at normal speed, within those
const PLAYER_EARLY = [4, 0.08]; // how much longer the first frame is shown, and the share of frames in which that ebbs away
const PLAYER_FOLLOW = 1200; // milliseconds to a new last frame
// Of the time, for the scripts that draw on the way there; the browser's painting takes about twice as much again. More
// would slow training on the same machine; with a fast one, this is every frame.
const PLAYER_SHARE = 0.015;
const PLAYER_REST = 500; // milliseconds without a move
const PLAYER_SPEEDS = [0.25, 0.5, 1, 2, 4];
const PLAYER_ICONS = { play: "M8 5v14l11-7z", pause: "M6 5h4v14H6zm8 0h4v14h-4z" };

function playerMake(parent, tag, attributes) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

export class Player {
  constructor(root, { name = "Epoch", again = "", word = "", early = false, near = false, onFrame = () => {}, onRest = () => {} }) {
    Object.assign(this, { root, name, again, early, onFrame, onRest }); // again: what the button says at the end
    this.begin = word; // and what it says elsewhere
    this.labels = [];
    this.position = 0;
    this.moving = null; // what moves it: "play", "follow" or nothing
    this.cost = 1; // milliseconds to draw a frame
    this.thrift = 1; // so many players share the machine
    root.replaceChildren();
    root.className = "player";
    this.button = playerMake(root, "button", { type: "button", class: "player-button" });
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    this.icon = document.createElementNS("http://www.w3.org/2000/svg", "path");
    icon.append(this.icon);
    this.button.append(icon);
    this.word = playerMake(this.button, "span", { "aria-hidden": "true" });
    this.track = playerMake(root, "span", { class: "player-track" });
    this.range = playerMake(this.track, "input", { type: "range", class: "slider", min: "0", step: "any", "aria-label": name });
    this.text = playerMake(near ? this.track : root, "span", { class: near ? "player-near" : "player-text" });
    this.speed = playerMake(root, "select", { class: "player-speed", "aria-label": "Speed" });
    for (const speed of PLAYER_SPEEDS) {
      playerMake(this.speed, "option", { value: String(speed) }).textContent = `${speed}×`;
    }
    this.speed.value = "1";
    this.button.onclick = () => (this.moving === "play" ? this.pause() : this.play());
    this.range.oninput = () => this.seek(Number(this.range.value));
    this.range.onchange = () => this.seek(Math.round(this.position));
    root.onkeydown = (event) => this.#key(event);
    this.#show();
  }

  get last() {
    return Math.max(0, this.labels.length - 1);
  }

  get atEnd() {
    return this.position >= this.last - 1e-6;
  }

  setFrames(labels, { follow = false } = {}) {
    const follows = follow && this.labels.length > 0 && (this.moving === "follow" || (this.atEnd && !this.moving));
    this.labels = labels;
    this.position = Math.min(this.position, this.last);
    if (follows && !this.atEnd) this.#follow();
    this.#show();
  }

  // Go to a position at once, and rest there.
  seek(position) {
    this.#stop();
    this.#move(Math.min(Math.max(position, 0), this.last));
    this.#restSoon();
  }

  play({ from = this.atEnd ? 0 : this.position } = {}) {
    if (this.last === 0) return;
    this.#stop();
    this.#move(from);
    this.moving = "play";
    let before = null;
    const step = (now) => {
      const [least, most] = PLAYER_SECONDS;
      const rate = this.last / Math.min(most, Math.max(least, this.last * PLAYER_FRAME));
      const passed = before === null ? 0 : Math.min((now - before) / 1000, 0.1);
      before = now;
      const [longer, share] = PLAYER_EARLY;
      const slowed = this.early ? 1 + longer * Math.exp(-this.position / (share * this.last)) : 1;
      this.#move(Math.min(this.position + (passed * rate * Number(this.speed.value)) / slowed, this.last));
      if (this.atEnd) this.pause();
      else this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
    this.#show();
  }

  pause() {
    const playing = this.moving === "play";
    this.#stop();
    if (playing && !this.atEnd) this.#move(Math.round(this.position));
    this.#restSoon();
    this.#show();
  }

  destroy() {
    this.#stop();
    clearTimeout(this.resting);
  }

  // Glide to the last frame.
  #follow() {
    this.#stop();
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#move(this.last);
    this.moving = "follow";
    const [from, begun] = [this.position, performance.now()];
    const step = () => {
      const now = performance.now();
      const part = Math.min(1, (now - begun) / PLAYER_FOLLOW);
      this.#move(from + (this.last - from) * part * (2 - part));
      queueMicrotask(() => (this.cost += 0.2 * (performance.now() - now - this.cost))); // after those of the views
      if (part === 1) return this.#stop();
      const pause = Math.min((this.cost * this.thrift) / PLAYER_SHARE, begun + PLAYER_FOLLOW - now);
      if (pause < 25) this.frame = requestAnimationFrame(step);
      else this.timer = setTimeout(() => (this.frame = requestAnimationFrame(step)), pause);
    };
    this.frame = requestAnimationFrame(step);
  }

  #stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    this.moving = null;
  }

  #move(position) {
    this.position = position;
    this.onFrame(position);
    this.#show();
  }

  #restSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.onRest(Math.round(this.position)), PLAYER_REST);
  }

  #show() {
    const playing = this.moving === "play";
    this.icon.setAttribute("d", PLAYER_ICONS[playing ? "pause" : "play"]);
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    const word = playing || !this.last ? "" : this.atEnd ? this.again : this.begin;
    if (this.word.textContent !== word) this.word.textContent = word;
    this.button.disabled = this.range.disabled = this.last === 0;
    this.range.max = String(this.last);
    this.range.value = String(this.position);
    this.track.style.setProperty("--at", String(this.position / (this.last || 1)));
    this.range.style.setProperty("--share", `${(100 * this.position) / (this.last || 1)}%`);
    const label = this.labels.length ? `${this.name} ${this.labels[Math.round(this.position)]}` : "";
    if (this.text.textContent !== label) {
      this.text.textContent = label;
      this.range.setAttribute("aria-valuetext", label);
    }
  }

  #key(event) {
    if (event.target === this.speed || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    const { key } = event;
    if (key === " " && event.target !== this.button) this.button.click();
    else if (key in steps) this.seek(Math.round(this.position) + steps[key]);
    else if (key === "Home") this.seek(0);
    else if (key === "End") this.seek(this.last);
    else return;
    event.preventDefault();
  }
}
