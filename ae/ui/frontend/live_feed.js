// Keeps the store of the live view up to date while a run trains. feed.js is its way to the server: the state "have",
// what this page has of the run, and the state "epoch", where its player rests.
import { liveStore } from "./live_store.js";
import { keepAsking, sendFeed } from "./polling.js";

// Feed the store until the function returned is called.
export function liveFeed() {
  const store = liveStore();
  store.rest = (epoch) => sendFeed("feed", "epoch", epoch);
  return keepAsking("feed", {
    have: () => ({ ...store.have, number: (store.number = (store.number ?? 0) + 1) }),
    apply: (bytes) => store.apply(bytes),
    head: () => store.head,
  });
}
