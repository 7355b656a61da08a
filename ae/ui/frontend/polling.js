// The way of a live view to the server. A feed (feed.js, sweep_feed.js) brings the messages, and takes the page's
// requests; the view asks again as long as there is something to come.

const POLLING_PATIENCE = 8; // so many times the usual pause without an answer: ask again
const POLLING_FEEDS = (window.autoencoderLabFeeds ??= {}); // { data, send } by name

// Send a state to the server by the feed with a name, if it is on the page.
export function sendFeed(name, key, value) {
  POLLING_FEEDS[name]?.send(key, value);
}

// Ask for what is new by the feed with a name, until the function returned is called.
//   have(): what the page has, which is sent as the state "have".
//   apply(bytes): takes a message over; returns whether nothing is missing.
//   head(): of the newest message, with active and pace, the seconds between two requests; undefined before the first.
export function keepAsking(name, { have, apply, head }) {
  const arrived = `autoencoder-lab-${name}`;
  let timer = null;
  const ask = () => {
    clearTimeout(timer);
    if (document.hidden || !POLLING_FEEDS[name]) return; // "shown" asks
    sendFeed(name, "have", have());
    timer = setTimeout(ask, 1000 * POLLING_PATIENCE * (head()?.pace ?? 1));
  };
  const take = () => {
    const feed = POLLING_FEEDS[name];
    if (!feed) return;
    clearTimeout(timer);
    if (!apply(new Uint8Array(feed.data))) ask();
    else if (head().active) timer = setTimeout(ask, 1000 * head().pace);
  };
  const shown = () => {
    if (!document.hidden && head()?.active) ask();
  };
  window.addEventListener(arrived, take);
  document.addEventListener("visibilitychange", shown);
  take();
  return () => {
    clearTimeout(timer);
    window.removeEventListener(arrived, take);
    document.removeEventListener("visibilitychange", shown);
  };
}
