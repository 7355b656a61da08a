// Keeps the store of the live view up to date while a run trains.
import { liveStore } from "./live_store.js";
import { keepAsking } from "./polling.js";

// Feed the store from an address; upToDate() and onGone() as in keepAsking, whose result is returned.
export function liveFeed(address, { upToDate, onGone }) {
  const store = liveStore();
  return keepAsking(address, {
    have: () => store.have,
    apply: (bytes) => store.apply(bytes),
    head: () => store.head,
    upToDate,
    onGone,
  });
}
