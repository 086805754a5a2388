/** Buttons that play, pause and step. */

import { element } from "./controls.js";

const PAUSE = 120; // milliseconds between steps
/** A step grows with what is there, so that the start is slow and the end is not far. */
const SHARE = 25;

/**
 * Make the buttons. Play starts by itself, but not where less motion is preferred.
 * @param {HTMLElement} box
 * @param {number} most
 * @param {(count: number) => void} go
 * @param {() => void} redraw
 * @returns {(count: number, is_ready: boolean) => boolean} tells what is shown, and
 *     returns whether it plays
 */
export function player(box, most, go, redraw) {
  const [play, one, again] = ["Play", "One draw", "From the start"].map((name) => element("button", { type: "button" }, name));
  play.id = "play";
  one.id = "one";
  again.id = "again";
  box.append(play, one, again);
  let [shown, ready, playing, first] = [0, false, false, true];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  // keys may come faster than frames, so what is asked for counts at once
  const to = (/** @type {number} */ count) => {
    [shown, ready] = [count, false];
    go(count);
  };
  const mark = () => (play.textContent = playing ? "Pause" : "Play");
  const stop = () => {
    playing = false;
    clearTimeout(timer);
    mark();
  };
  const tick = () => {
    if (!box.isConnected) return stop();
    if (ready) to(Math.min(most, shown + Math.max(1, Math.floor(shown / SHARE))));
    timer = setTimeout(tick, PAUSE);
  };
  const start = () => {
    playing = true;
    mark();
    if (shown >= most) to(0);
    timer = setTimeout(tick, PAUSE);
  };
  play.addEventListener("click", () => {
    if (playing) stop();
    else start();
    redraw();
  });
  one.addEventListener("click", () => {
    stop();
    to(Math.min(most, shown + 1));
  });
  again.addEventListener("click", () => {
    stop();
    to(0);
  });

  return (count, is_ready) => {
    [shown, ready] = [count, is_ready];
    one.disabled = count >= most;
    if (playing && ready && count >= most) stop();
    if (first && count === 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) start();
    first = false;
    return playing;
  };
}
