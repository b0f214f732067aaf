// When to ask while somebody types: at a pause, and at ever longer ones as long as the typing goes on, so that a sentence
// costs a few requests however slowly it is typed.
const FIRST_MS = 300;
const LONGER_MS = 600;
const LONGEST_MS = 1500;
const REST_MS = 3000;

/** `after(work)` does it at the next pause, in place of what waited; `end()` forgets it. */
export function pauses() {
  let [asked, last] = [0, 0];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const end = () => clearTimeout(waiting);
  /** @param {() => void} work */
  function after(work) {
    const now = performance.now();
    if (now - last > REST_MS) asked = 0;
    last = now;
    end();
    waiting = setTimeout(() => {
      asked += 1;
      work();
    }, Math.min(FIRST_MS + asked * LONGER_MS, LONGEST_MS));
  }
  return { after, end };
}
