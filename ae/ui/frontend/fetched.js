// Fetches what ae/ui/fetched.py keeps for the page.

const FETCHING_AGAIN = [0.5, 1, 2, 4, 8]; // seconds after a request that failed; then again and again after the last

// Return the bytes at an address, as soon as the server has answered.
export async function fetchBytes(address) {
  for (let failed = 0; ; failed += 1) {
    try {
      const answer = await fetch(address);
      if (answer.ok) return await answer.arrayBuffer();
    } catch {} // the server is away
    const seconds = FETCHING_AGAIN[Math.min(failed, FETCHING_AGAIN.length - 1)];
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
}
