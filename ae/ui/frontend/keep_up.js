// Runs the page again when the folder of runs is no longer what the page shows. Shows nothing itself.
//
// Sends the trigger "changed".

const KEEP_UP_EVERY = 2500; // milliseconds

export default function ({ data, parentElement, setTriggerValue }) {
  clearInterval(parentElement.keepUp);
  let asking = false;
  const look = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(data.ask);
      const now = answer.ok ? await answer.text() : data.shown;
      if (parentElement.keepUp === timer && now !== data.shown) setTriggerValue("changed", now);
    } catch {} // the server is away
    asking = false;
  };
  const timer = (parentElement.keepUp = setInterval(look, KEEP_UP_EVERY));
  return () => clearInterval(parentElement.keepUp);
}
