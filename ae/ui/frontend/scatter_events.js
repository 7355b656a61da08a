// What a scatter plot does on pointers, the wheel and keys.

const SCATTER_CLICK = 4; // a pointer that moves further than this many pixels drags
const SCATTER_STEP = 0.02; // of the view, moved by an arrow key
const SCATTER_ZOOM = 1.4;
const SCATTER_REACH = { mouse: 8, pen: 10, touch: 16, keys: 8 }; // pixels within which a point is found
const SCATTER_GRIP = { mouse: 10, pen: 14, touch: 24 }; // pixels within which a handle is taken
const SCATTER_ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// Returns a function that removes all listeners.
export function scatterListen(scatter) {
  const { canvas } = scatter;
  const stopped = new AbortController();
  const on = (name, listener) => canvas.addEventListener(name, listener, { signal: stopped.signal, passive: false });
  const pointers = new Map(); // those that are down: where each is
  let start = null; // where the only pointer went down
  let drag = null; // the path, once it has moved
  let held = -1; // the handle it has taken
  let dragged = false; // whether the click that follows ends a drag
  let touched = "mouse";
  const raw = "onpointerrawupdate" in canvas; // in secure contexts only

  const inside = (event) => {
    const box = canvas.getBoundingClientRect();
    const { left, top, width, height } = scatter.plot;
    const [x, y] = [event.clientX - box.left - left, event.clientY - box.top - top];
    return x >= 0 && y >= 0 && x <= width && y <= height;
  };
  const place = (event, kind) => {
    const [x, y] = scatter.toData(event.clientX, event.clientY);
    const index = scatter.nearest(event.clientX, event.clientY, SCATTER_REACH[kind] ?? SCATTER_REACH.mouse);
    return { x, y, index };
  };
  const handleAt = ({ clientX, clientY, pointerType }) =>
    scatter.handles.findIndex((handle) => {
      const [x, y] = scatter.toClient(...handle);
      return scatter.onHandle && Math.hypot(clientX - x, clientY - y) <= (SCATTER_GRIP[pointerType] ?? SCATTER_GRIP.mouse);
    });
  const moveHandle = ({ x: clientX, y: clientY }, done) => {
    const [x, y] = scatter.toData(clientX, clientY);
    scatter.onHandle?.(held, { x, y, index: scatter.nearest(clientX, clientY, Infinity) }, done);
  };
  // End a drag at a place.
  const finish = (at) => {
    if (drag) scatter.onDrag?.(drag, true);
    if (held >= 0 && dragged && at) moveHandle(at, true);
    start = drag = null;
    held = -1;
  };
  const moveTo = (event) => {
    if (!inside(event)) return void scatter.onLeave?.();
    const { clientX, clientY, timeStamp } = event;
    scatter.onMove?.({ ...place(event, event.pointerType), clientX, clientY, time: timeStamp, by: "pointer" });
  };

  const pinch = (event) => {
    const before = [...pointers.values()];
    const after = [...pointers.entries()].map(([id, at]) =>
      id === event.pointerId ? { x: event.clientX, y: event.clientY } : at,
    );
    const spread = ([a, b]) => Math.max(10, Math.hypot(a.x - b.x, a.y - b.y));
    const middle = ([a, b]) => scatter.toData((a.x + b.x) / 2, (a.y + b.y) / 2);
    const [from, to] = [middle(before), middle(after)];
    scatter.zoom(spread(before) / spread(after), from, [from[0] - to[0], from[1] - to[1]]);
  };

  on("pointerdown", (event) => {
    touched = event.pointerType;
    if (event.button > 0 || !inside(event)) return;
    scatter.setCursor(null);
    if (pointers.size) finish([...pointers.values()][0]);
    dragged = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size > 1) {
      dragged = true;
    } else {
      start = { x: event.clientX, y: event.clientY };
      held = handleAt(event);
      if (event.pointerType === "touch") moveTo(event);
    }
  });

  on("pointermove", (event) => {
    if (pointers.has(event.pointerId) && pointers.size > 1) {
      pinch(event);
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      return;
    }
    if (start && !dragged) {
      dragged = Math.hypot(event.clientX - start.x, event.clientY - start.y) > SCATTER_CLICK;
      if (dragged && held < 0 && scatter.onDrag) drag = [scatter.toData(start.x, start.y)];
    }
    if (start && dragged && held < 0 && !drag) {
      const [from, to] = [pointers.get(event.pointerId), event];
      const [a, b] = [scatter.toData(from.x, from.y), scatter.toData(to.clientX, to.clientY)];
      scatter.zoom(1, a, [a[0] - b[0], a[1] - b[1]]);
    }
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (start && dragged && held >= 0) moveHandle(pointers.get(event.pointerId), false);
    canvas.style.cursor = (start ? held : handleAt(event)) < 0 ? "" : "grab";
    if (drag) {
      const each = event.getCoalescedEvents?.() ?? [];
      for (const at of each.length ? each : [event]) if (inside(at)) drag.push(scatter.toData(at.clientX, at.clientY));
      scatter.onDrag(drag, false);
    }
    if (scatter.cursor && !drag) scatter.setCursor(null);
    if (!raw) moveTo(event);
  });
  // Browsers hold moves back until the next frame; a raw update comes at once, up to a frame earlier.
  if (raw) {
    on("pointerrawupdate", (event) => {
      if (pointers.size < 2) moveTo(event);
    });
  }

  const release = (event) => {
    finish(pointers.get(event.pointerId));
    pointers.delete(event.pointerId);
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("touchmove", (event) => held >= 0 && event.preventDefault()); // the page doesn't scroll
  on("pointerleave", (event) => {
    if (event.pointerType === "mouse") scatter.onLeave?.(); // a finger that is lifted leaves what it has shown
  });
  on("click", (event) => {
    if (dragged || event.detail > 1 || !inside(event)) return;
    scatter.onPick?.(place(event, touched));
  });
  on("dblclick", () => scatter.reset());
  // The wheel alone scrolls the page; with Ctrl, which browsers also report for a pinch on a touchpad, it zooms.
  on("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    scatter.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))), scatter.toData(event.clientX, event.clientY));
  });
  scatterKeys(scatter, on);
  return () => stopped.abort();
}

function scatterKeys(scatter, on) {
  let drag = null;

  const found = ([x, y]) => {
    const [clientX, clientY] = scatter.toClient(x, y);
    return { x, y, index: scatter.nearest(clientX, clientY, SCATTER_REACH.keys), clientX, clientY };
  };
  const move = ([right, up], far, time) => {
    const { view } = scatter;
    const [width, height] = [view.right - view.left, view.top - view.bottom];
    const from = scatter.cursor ?? scatter.mark ?? [view.left + width / 2, view.bottom + height / 2];
    const step = SCATTER_STEP * (far ? 5 : 1);
    const { home } = scatter;
    const at = [
      Math.min(home.right, Math.max(home.left, from[0] + right * step * width)),
      Math.min(home.top, Math.max(home.bottom, from[1] + up * step * height)),
    ];
    const beyond = (value, low, high) => Math.min(0, value - low) + Math.max(0, value - high);
    const shift = [beyond(at[0], view.left, view.right), beyond(at[1], view.bottom, view.top)];
    if (shift[0] || shift[1]) scatter.zoom(1, at, shift);
    scatter.setCursor(at);
    if (drag) {
      drag.push(at);
      scatter.onDrag?.(drag, false);
    }
    scatter.onMove?.({ ...found(at), time, by: "keys" });
  };

  on("keydown", (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey, timeStamp } = event;
    if (ctrlKey || metaKey || altKey) return;
    const { cursor, view } = scatter;
    const centre = cursor ?? [(view.left + view.right) / 2, (view.bottom + view.top) / 2];
    if (SCATTER_ARROWS[key] && (scatter.onMove || scatter.onPick)) move(SCATTER_ARROWS[key], shiftKey, timeStamp);
    else if (key === "Enter" && cursor && scatter.onPick) {
      const { x, y, index } = found(cursor);
      scatter.onPick({ x, y, index });
    } else if (key === " " && cursor && scatter.onDrag) {
      if (drag) scatter.onDrag(drag, true);
      drag = drag ? null : [cursor];
    } else if (key === "Escape" && cursor) {
      if (drag) scatter.onDrag?.(drag, true);
      drag = null;
      scatter.setCursor(null);
      scatter.onLeave?.();
    } else if (key === "+" || key === "=") scatter.zoom(1 / SCATTER_ZOOM, centre);
    else if (key === "-") scatter.zoom(SCATTER_ZOOM, centre);
    else if (key === "0") scatter.reset();
    else return;
    event.preventDefault();
  });
}
