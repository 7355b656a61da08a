// Hands what the server sends of a sweep, and the way to ask for more, to polling.js. Short, since it is sent each time.
export default function ({ data, setStateValue }) {
  (window.autoencoderLabFeeds ??= {}).sweep = { data, send: setStateValue };
  window.dispatchEvent(new Event("autoencoder-lab-sweep"));
  return () => delete window.autoencoderLabFeeds.sweep;
}
