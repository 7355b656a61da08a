// Asks the server for what is new while something goes on. Each answer comes straight to the view: no page runs again.

const POLLING_AGAIN = 2; // seconds after a request that failed
const POLLING_PATIENCE = 20; // seconds for an answer

// Return a text that tells this page from all others.
export function thisPage() {
  return (window.autoencoderLabPage ??= Math.random().toString(36).slice(2, 12));
}

// Ask at an address, until stop() of what it returns is called. again() asks at once: something has begun anew.
//   have(): what the page has; it is sent as JSON.
//   apply(bytes): takes an answer over; returns whether nothing is missing.
//   head(): of the newest answer, with active and pace, the seconds between two requests.
//   upToDate(): whether the page shows the state that the newest answer names; until it does, asking goes on.
//   onGone(): called when there is nothing at the address any more; until stop(), that may turn out to be wrong.
export function keepAsking(address, { have, apply, head, upToDate, onGone }) {
  let timer = null;
  let request = null;
  let over = false;
  const later = (seconds) => {
    clearTimeout(timer);
    if (!over) timer = setTimeout(ask, 1000 * seconds);
  };
  const ask = async () => {
    clearTimeout(timer);
    if (over || request) return;
    if (document.hidden) return later(POLLING_AGAIN); // in case no event says that it is shown
    request = new AbortController();
    const patience = setTimeout(() => request.abort(), 1000 * POLLING_PATIENCE);
    let answer = null;
    let content = null;
    try {
      const query = `&page=${thisPage()}&have=${encodeURIComponent(JSON.stringify(have()))}`;
      answer = await fetch(address + query, { signal: request.signal });
      if (answer.ok) content = new Uint8Array(await answer.arrayBuffer());
    } catch {} // the server is away or stuck, or the view is gone
    clearTimeout(patience);
    request = null;
    if (over) return;
    if (answer?.status === 404) onGone();
    if (!content) return later(POLLING_AGAIN);
    let whole = false;
    try {
      whole = apply(content);
    } catch (error) {
      later(POLLING_AGAIN); // what could not be shown does not end the asking
      throw error;
    }
    if (!whole) later(0);
    else if (head().active || !upToDate()) later(head().pace);
  };
  const shown = () => {
    if (!document.hidden && (head()?.active ?? true)) ask();
  };
  document.addEventListener("visibilitychange", shown);
  ask();
  return {
    again: ask,
    stop() {
      over = true;
      clearTimeout(timer);
      request?.abort();
      document.removeEventListener("visibilitychange", shown);
    },
  };
}
