// Runs the page again when the folder of runs is no longer what the page shows. Shows nothing itself.
//
// Sends the trigger "changed".
import { mounted } from "./mounted.js";
import { thisPage } from "./polling.js";

const KEEP_UP_EVERY = 2.5; // seconds, until the server names a pace

export default mounted(({ data, parentElement, setTriggerValue }) => {
  clearTimeout(parentElement.keepUp?.timer);
  const mine = (parentElement.keepUp = { pace: parentElement.keepUp?.pace ?? KEEP_UP_EVERY });
  const later = () => {
    if (parentElement.keepUp === mine) mine.timer = setTimeout(look, 1000 * mine.pace);
  };
  const look = async () => {
    if (document.hidden) return later();
    try {
      const answer = await fetch(`${data.ask}&page=${thisPage()}`);
      const { now, pace } = answer.ok ? await answer.json() : { now: data.shown, pace: mine.pace };
      mine.pace = pace;
      if (parentElement.keepUp === mine && now !== data.shown) setTriggerValue("changed", now);
    } catch {} // the server is away
    later();
  };
  later();
  return () => {
    clearTimeout(mine.timer);
    if (parentElement.keepUp === mine) parentElement.keepUp = null;
  };
});
