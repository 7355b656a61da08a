// Keeps the store of the live view up to date while a run trains.
import { liveStore } from "./live_store.js";
import { keepAsking } from "./polling.js";

// Feed the store from an address; onGone() is called when the run is no longer there. Returns what keepAsking returns.
export function liveFeed(address, onGone) {
  const store = liveStore();
  return keepAsking(address, {
    have: () => store.have,
    apply: (bytes) => store.apply(bytes),
    head: () => store.head,
    onGone,
  });
}
