// Hands what the server sends of a run, and the way to ask for more, to live_feed.js. Short, since it is sent each time.
export default function ({ data, setStateValue }) {
  window.autoencoderLabFeed = { data, send: setStateValue };
  window.dispatchEvent(new Event("autoencoder-lab-feed"));
  return () => delete window.autoencoderLabFeed;
}
