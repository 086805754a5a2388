/**
 * Plots in SVG that are as wide as their box, so that text keeps its size on a phone.
 *
 * @typedef {[number, number]} Range
 * @typedef {{x: Range, y: Range, log_x?: boolean, x_label: string, y_label: string,
 *     left?: number}} Axes ``left`` the least room for the labels at the side, in pixels
 * @typedef {object} Plot
 * @property {SVGSVGElement} svg
 * @property {SVGGElement} marks what is drawn inside of the axes
 * @property {SVGGElement} handles what may be dragged, above the marks
 * @property {(axes: Axes) => boolean} frame draws axes where they or the width are new,
 *     and returns whether they are
 * @property {() => number} left the room at the side, in pixels
 * @property {(value: number) => number} x place of a value, in pixels
 * @property {(value: number) => number} y
 * @property {(event: PointerEvent) => [number, number]} valueAt values under a pointer
 */

const SPACE = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 14, 12, 44];
const [LETTER, LABEL] = [7.5, 28]; // pixels of a letter, and of the label and its room
const NARROW = 500; // pixels
let plots = 0;

/**
 * Set attributes that differ.
 * @param {Element} node
 * @param {Record<string, string | number>} attributes
 */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @returns {any}
 */
export function svgElement(tag, attributes = {}) {
  const node = document.createElementNS(SPACE, tag);
  set(node, attributes);
  return node;
}

/**
 * Make as many children as there are attributes, and keep those that are there.
 * @param {Element} parent
 * @param {string} tag
 * @param {Record<string, string | number>[]} attributes of each
 * @returns {Element[]}
 */
export function repeat(parent, tag, attributes) {
  while (parent.children.length > attributes.length) parent.lastElementChild?.remove();
  while (parent.children.length < attributes.length) parent.append(svgElement(tag));
  const children = [...parent.children];
  children.forEach((child, i) => set(child, attributes[i]));
  return children;
}

/**
 * Return the path through places.
 * @param {number[][]} places
 * @param {boolean} [closed]
 */
export function pathOf(places, closed = false) {
  const text = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
  return text && `M${text}${closed ? "Z" : ""}`;
}

/**
 * Make a plot in a box.
 * @param {HTMLElement} box
 * @param {{ratio: number, role: "img" | "group", label: string}} look height over width
 * @param {() => void} redraw called where the width changes
 * @returns {Plot}
 */
export function plotIn(box, { ratio, role, label }, redraw) {
  const svg = svgElement("svg", { role, "aria-label": label });
  const clip = `clip-${++plots}`;
  const hole = svgElement("rect");
  const ticks = svgElement("g", { class: "axes", "aria-hidden": "true" });
  const marks = svgElement("g", { "clip-path": `url(#${clip})`, "aria-hidden": "true" });
  const handles = svgElement("g");
  const clipping = svgElement("clipPath", { id: clip });
  clipping.append(hole);
  svg.append(clipping, ticks, marks, handles);
  box.append(svg);
  let [width, height, left] = [box.clientWidth || 600, 0, LEFT];
  let drawn = "";
  /** @type {Axes} */
  let axes = { x: [0, 1], y: [0, 1], x_label: "", y_label: "" };
  new ResizeObserver(() => {
    if (!box.clientWidth || box.clientWidth === width) return;
    width = box.clientWidth;
    redraw();
  }).observe(box);
  const transform = (/** @type {number} */ value) => (axes.log_x ? Math.log10(value) : value);
  const x = (/** @type {number} */ value) => {
    const [low, high] = axes.x.map(transform);
    return left + ((transform(value) - low) / (high - low)) * (width - left - RIGHT);
  };
  const y = (/** @type {number} */ value) =>
    height - BOTTOM - ((value - axes.y[0]) / (axes.y[1] - axes.y[0])) * (height - TOP - BOTTOM);
  const frame = (/** @type {Axes} */ wanted) => {
    const key = JSON.stringify([wanted, width]);
    if (key === drawn) return false;
    // a phone has more room below than beside
    const shape = width < NARROW ? Math.min(1, 1.5 * ratio) : ratio;
    height = Math.round(Math.max(150, width * shape));
    [drawn, axes] = [key, wanted];
    left = Math.max(LEFT, axes.left ?? 0, LABEL + LETTER * Math.max(...upTicks(axes, height).map((value) => numberText(value).length)));
    set(svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    set(hole, { x: left, y: TOP, width: width - left - RIGHT, height: height - TOP - BOTTOM });
    ticks.replaceChildren(...axesOf(axes, { x, y, width, height, left }));
    return true;
  };
  const valueAt = (/** @type {PointerEvent} */ event) => {
    const corner = svg.getBoundingClientRect();
    const across = (event.clientX - corner.left - left) / (width - left - RIGHT);
    const up = (height - BOTTOM - (event.clientY - corner.top)) / (height - TOP - BOTTOM);
    const [low, high] = axes.x.map(transform);
    const along = low + across * (high - low);
    const found = /** @type {[number, number]} */ ([axes.log_x ? 10 ** along : along, axes.y[0] + up * (axes.y[1] - axes.y[0])]);
    return found;
  };
  return { svg, marks, handles, frame, left: () => left, x, y, valueAt };
}

/**
 * Return the ticks, the labels and the frame.
 * @param {Axes} axes
 * @param {{x: (value: number) => number, y: (value: number) => number, width: number, height: number, left: number}} place
 */
function axesOf(axes, { x, y, width, height, left }) {
  const text = (/** @type {string} */ words, /** @type {Record<string, string | number>} */ at) => {
    const node = svgElement("text", at);
    node.textContent = words.replace("-", "\u2212");
    return node;
  };
  const bottom = height - BOTTOM;
  const wide = axes.x.some((value) => numberText(Number(value.toPrecision(2))).length > 5);
  const nodes = [svgElement("rect", { x: left, y: TOP, width: width - left - RIGHT, height: bottom - TOP })];
  for (const value of axes.log_x ? decades(axes.x, width < NARROW ? 2 : 1) : ticksOf(axes.x, (width < NARROW ? 5 : 8) * (wide ? 0.8 : 1))) {
    nodes.push(svgElement("line", { x1: x(value), x2: x(value), y1: TOP, y2: bottom }));
    nodes.push(text(axes.log_x ? powerOf(value) : numberText(value), { x: x(value), y: bottom + 17, "text-anchor": "middle" }));
  }
  for (const value of upTicks(axes, height)) {
    nodes.push(svgElement("line", { x1: left, x2: width - RIGHT, y1: y(value), y2: y(value) }));
    nodes.push(text(numberText(value), { x: left - 6, y: y(value) + 4, "text-anchor": "end" }));
  }
  const middle = (TOP + bottom) / 2;
  nodes.push(text(axes.x_label, { x: (left + width - RIGHT) / 2, y: height - 8, "text-anchor": "middle" }));
  nodes.push(text(axes.y_label, { x: 0, y: 0, "text-anchor": "middle", transform: `translate(14 ${middle}) rotate(-90)` }));
  return nodes;
}

/**
 * Return the values of the ticks at the side.
 * @param {Axes} axes
 * @param {number} height
 */
function upTicks({ y }, height) {
  return ticksOf(y, height < 260 ? 4 : 7);
}

/**
 * Return a number in few characters.
 * @param {number} value
 */
function numberText(value) {
  const text = String(value);
  return text.length > 8 ? value.toExponential().replace("e+", "e") : text;
}

/**
 * Return a power of ten in few characters.
 * @param {number} value
 */
function powerOf(value) {
  return value >= 0.01 && value < 1e5 ? String(value) : value.toExponential().replace("+", "");
}

/**
 * Return round values in a range.
 * @param {Range} range
 * @param {number} most
 */
function ticksOf([low, high], most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/**
 * Return powers of ten in a range.
 * @param {Range} range
 * @param {number} every
 */
function decades([low, high], every) {
  const values = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.001; power += every) values.push(Number(`1e${power}`));
  return values;
}
