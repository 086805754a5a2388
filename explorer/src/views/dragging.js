/**
 * Points that are moved by mouse, touch and keyboard.
 *
 * Each point is a slider of two directions. One of them is in the order of Tab.
 *
 * @typedef {import("../page/state.js").Point} Point
 * @typedef {import("../page/svg.js").Axes} Axes
 * @typedef {import("../page/svg.js").Plot} Plot
 */

import { digits } from "../page/controls.js";
import { repeat, set } from "../page/svg.js";

const FEWEST = 2;
const MANY = 50; // points that are near each other

/**
 * Let points be moved.
 * @param {Plot} plot
 * @param {(points: Point[]) => void} change called with the new points
 * @param {() => void} redraw called where another point is the active one
 * @returns {(points: Point[], axes: Axes, classes: boolean) => number} shows the handles
 *     of points, whose y may be a class of 0 and 1; returns the place of the active one
 */
export function dragging(plot, change, redraw) {
  /** @type {Point[]} */
  let points = [];
  let axes = /** @type {Axes} */ ({});
  let active = 0;
  let held = false;
  let is_class = false;
  let known = "";

  const move = (/** @type {number} */ x, /** @type {number} */ y) => {
    const point = /** @type {Point} */ ([rounded(x, axes.x), rounded(y, axes.y)]);
    points = points.map((each, i) => (i === active ? point : each));
    change(points);
  };
  const placeOf = (/** @type {EventTarget | null} */ node) => [...plot.handles.children].indexOf(/** @type {Element} */ (node));

  plot.handles.addEventListener("pointerdown", (event) => {
    const place = placeOf(event.target);
    if (place < 0 || event.button) return;
    [active, held] = [place, true];
    const node = /** @type {SVGElement} */ (event.target);
    node.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    redraw();
  });
  plot.handles.addEventListener("pointermove", (event) => {
    if (held) move(...plot.valueAt(event));
  });
  for (const end of ["pointerup", "pointercancel"]) plot.handles.addEventListener(end, () => (held = false));
  // a touch of a point scrolls no page; the style's touch-action does not reach into SVG
  plot.handles.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  // not on an element of SVG: one that listens for focus becomes a stop of Tab in Chromium
  plot.svg.parentElement?.addEventListener("focusin", (event) => {
    active = Math.max(0, placeOf(event.target));
    redraw();
  });
  plot.handles.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? 0.1 : 0.01;
    const [across, rise] = [axes.x, axes.y].map(([low, high]) => step * (high - low));
    const up = is_class ? 1 : rise;
    const [x, y] = points[active];
    const choose = (/** @type {number} */ place) => {
      /** @type {SVGElement} */ (plot.handles.children[(place + points.length) % points.length]).focus();
    };
    const keys = /** @type {Record<string, () => void>} */ ({
      ArrowLeft: () => move(x - across, y),
      ArrowRight: () => move(x + across, y),
      ArrowUp: () => move(x, y + up),
      ArrowDown: () => move(x, y - up),
      PageUp: () => choose(active - 1),
      PageDown: () => choose(active + 1),
      Home: () => choose(0),
      End: () => choose(points.length - 1),
      Delete: () => {
        if (points.length <= FEWEST) return;
        points = points.filter((_, i) => i !== active);
        choose(Math.max(0, active - 1));
        change(points);
      },
    });
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  return (shown, wanted, classes) => {
    [points, axes, is_class] = [shown, wanted, classes];
    active = Math.min(active, points.length - 1);
    const values = points.map(([x, y], i) => ({
      cx: plot.x(x).toFixed(1),
      cy: plot.y(y).toFixed(1),
      tabindex: i === active ? 0 : -1,
      "aria-label": `Point ${i + 1} of ${points.length}`,
      "aria-valuenow": y,
      "aria-valuetext": `x ${digits(x)}, ${is_class ? "class" : "y"} ${digits(y)}`,
    }));
    repeat(plot.handles, "circle", values);
    const key = `${points.length} ${axes.y}`;
    if (key !== known) {
      known = key;
      const [low, high] = is_class ? [0, 1] : axes.y;
      const fixed = { r: points.length > MANY ? 9 : 15, role: "slider", "aria-valuemin": low, "aria-valuemax": high };
      for (const node of plot.handles.children) set(node, fixed);
    }
    return active;
  };
}

/**
 * Return a value within a range, with as many digits as a screen shows.
 * @param {number} value
 * @param {[number, number]} range
 */
function rounded(value, [low, high]) {
  const unit = 10 ** Math.floor(Math.log10((high - low) / 1000));
  const nearest = Math.round(Math.min(high, Math.max(low, value)) / unit) * unit;
  return Number(nearest.toPrecision(6));
}
