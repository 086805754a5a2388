/**
 * The live text: it says in words what a scene shows, once the hand rests.
 */

const [REST, MOST] = [200, 1000]; // milliseconds

/**
 * Return a function that shows a text after a short rest.
 *
 * A screen reader is not interrupted at each step of a slider.
 * @param {HTMLElement} node
 * @returns {(text: string) => void}
 */
export function liveText(node) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let since = 0;
  let last = "";
  return (text) => {
    // a second drawing of the same scene puts nothing off
    if (text === last) {
      if (node.textContent === text) node.setAttribute("aria-busy", "false");
      return;
    }
    last = text;
    clearTimeout(waiting);
    const now = Date.now();
    if (!since) since = now;
    const wait = node.textContent ? Math.min(REST, Math.max(0, since + MOST - now)) : 0;
    waiting = setTimeout(() => {
      since = 0;
      if (node.textContent !== text) node.textContent = text;
      node.setAttribute("aria-busy", "false");
    }, wait);
  };
}
