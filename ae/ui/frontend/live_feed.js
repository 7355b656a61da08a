// Asks the server for what is new of a run while it trains, and puts it into the store. feed.js is its way to the server:
// the state "have", what this page has of the run, and the state "epoch", where its player rests.
import { liveStore } from "./live_store.js";

const FEED_PATIENCE = 8; // so many times the usual pause without an answer: ask again

// Feed the store until the function returned is called.
export function liveFeed() {
  const store = liveStore();
  let timer = null;

  const ask = () => {
    clearTimeout(timer);
    const feed = window.autoencoderLabFeed;
    if (document.hidden || !feed) return;
    feed.send("have", { ...store.have, number: (store.number = (store.number ?? 0) + 1) });
    timer = setTimeout(ask, 1000 * FEED_PATIENCE * (store.head?.pace ?? 1));
  };
  const take = () => {
    const feed = window.autoencoderLabFeed;
    if (!feed) return;
    clearTimeout(timer);
    if (!store.apply(new Uint8Array(feed.data))) ask();
    else if (store.head.active) timer = setTimeout(ask, 1000 * store.head.pace);
  };
  const shown = () => {
    if (!document.hidden && store.head?.active) ask();
  };

  store.rest = (epoch) => window.autoencoderLabFeed?.send("epoch", epoch);
  window.addEventListener("autoencoder-lab-feed", take);
  document.addEventListener("visibilitychange", shown);
  take();
  return () => {
    clearTimeout(timer);
    window.removeEventListener("autoencoder-lab-feed", take);
    document.removeEventListener("visibilitychange", shown);
  };
}
