// Asks the server for what is new of a run while it trains, and hands it to the store of the live view. Shows nothing.
// Sends the state "have", what this page has of the run, and the state "epoch", where its player rests.
import { liveStore } from "./live_store.js";

const PATIENCE = 6; // so many times the usual pause, and PATIENCE seconds, without an answer: ask again

export default function ({ data, parentElement, setStateValue }) {
  parentElement.stopFeed?.();
  const store = liveStore();
  let timer = null;

  const ask = () => {
    clearTimeout(timer);
    if (document.hidden) return; // "shown" asks
    setStateValue("have", { ...store.have, number: (store.number = (store.number ?? 0) + 1) });
    timer = setTimeout(ask, 1000 * PATIENCE * (1 + (store.head?.pace ?? 1)));
  };
  const shown = () => {
    if (!document.hidden && store.head?.active) ask();
  };

  store.rest = (epoch) => setStateValue("epoch", epoch);
  document.addEventListener("visibilitychange", shown);
  parentElement.stopFeed = () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
  };
  if (!store.apply(new Uint8Array(data))) ask();
  else if (store.head.active) timer = setTimeout(ask, 1000 * store.head.pace);
  return parentElement.stopFeed;
}
