// Streamlit calls a component again when its data change, and ends it once, with what its newest call returned. If the
// data change while the script is still loading, it makes both calls then, and ends the first after it made the second.

// Wrap a component, so that only the end of its newest call in a place ends what is shown there.
export function mounted(show) {
  const newest = new WeakMap(); // the newest call, by its place
  return (call) => {
    const place = call.parentElement;
    newest.set(place, call);
    const end = show(call);
    return () => setTimeout(() => newest.get(place) === call && end()); // the second call may just be coming
  };
}

// A component that shows nothing, and listens on the whole page while it is mounted anywhere.
export function mountedListener(type, listener, options) {
  const places = new Set(); // the place on the page before may end after the next has begun
  return mounted(({ parentElement }) => {
    places.add(parentElement);
    document.addEventListener(type, listener, options);
    return () => {
      places.delete(parentElement);
      if (!places.size) document.removeEventListener(type, listener, options);
    };
  });
}
