// Hands what the server sends of a run, and the way to ask for more, to polling.js. Short, since it is sent each time.
export default function ({ data, setStateValue }) {
  (window.autoencoderLabFeeds ??= {}).feed = { data, send: setStateValue };
  window.dispatchEvent(new Event("autoencoder-lab-feed"));
  return () => delete window.autoencoderLabFeeds.feed;
}
