/**
 * Sliders and choices of a view, made from its fields.
 *
 * @typedef {import("./state.js").Fields} Fields
 * @typedef {import("./state.js").NumberField} NumberField
 * @typedef {import("./state.js").ChoiceField} ChoiceField
 * @typedef {import("./state.js").Scene} Scene
 * @typedef {(scene: Scene, now?: Fields) => void} Show
 */

/** Positions of a slider, from 0. */
const STEPS = 200;

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * Return a number with three digits.
 * @param {number} value
 */
export function digits(value) {
  if (value === 0) return "0";
  const [size, rounded] = [Math.abs(value), Number(value.toPrecision(3))];
  const text = size >= 1e6 || size < 1e-3 ? rounded.toExponential() : String(rounded);
  return text.replace("-", "\u2212");
}

/**
 * Make the sliders and choices of fields; other kinds are left out.
 * @param {HTMLElement} box
 * @param {Fields} fields
 * @param {(name: string, value: any) => void} change called with each new value
 * @returns {Show} shows the values of a scene, with the fields as they are now
 */
export function controls(box, fields, change) {
  /** @type {Show[]} */
  const shows = [];
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== "number" && field.kind !== "choice") continue;
    const tell = (/** @type {any} */ value) => change(name, value);
    const [node, show] = field.kind === "number" ? slider(name, field, tell) : choice(name, field, tell);
    box.append(node);
    shows.push((scene, now) => /** @type {(value: any, now: any) => void} */ (show)(scene[name], now?.[name] ?? field));
  }
  return (scene, now) => shows.forEach((show) => show(scene, now));
}

/**
 * Make a slider with its label and its value.
 * @param {string} name
 * @param {NumberField} given
 * @param {(value: number) => void} change
 * @returns {[Node, (value: number, now: NumberField) => void]}
 */
function slider(name, given, change) {
  const id = `field-${name}`;
  let [field, steps] = [given, 0];
  const input = element("input", { type: "range", id, name, min: "0", step: "1" });
  const output = element("output", { for: id });
  input.addEventListener("input", () => change(valueAt(field, Number(input.value) / steps)));
  const node = element("div", { class: "slider" }, element("label", { for: id }, field.label), output, input);
  const show = (/** @type {number} */ wanted, /** @type {NumberField} */ now) => {
    [field, steps] = [now, now.whole ? now.high - now.low : STEPS];
    const value = now.whole ? Math.min(wanted, now.high) : wanted;
    const text = digits(value) + (field.unit ? ` ${field.unit}` : "");
    input.max = String(steps);
    input.value = String(Math.round(steps * shareOf(field, value)));
    input.setAttribute("aria-valuetext", text);
    output.textContent = text;
    node.hidden = Boolean(field.hidden);
  };
  return [node, show];
}

/**
 * Return the value at a share of the slider, with three digits.
 * @param {NumberField} field
 * @param {number} share
 */
function valueAt({ low, high, log, whole }, share) {
  const value = log ? low * (high / low) ** share : low + (high - low) * share;
  if (whole) return Math.round(value);
  return Math.min(high, Math.max(low, Number(value.toPrecision(3))));
}

/**
 * Return the share of the slider that a value takes.
 * @param {NumberField} field
 * @param {number} value
 */
function shareOf({ low, high, log }, value) {
  if (high <= low) return 1;
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/**
 * Make a choice of a few options.
 * @param {string} name
 * @param {ChoiceField} field
 * @param {(value: string) => void} change
 * @returns {[Node, (value: string) => void]}
 */
function choice(name, field, change) {
  const set = element("fieldset", {}, element("legend", {}, field.label));
  const inputs = Object.entries(field.options).map(([option, words]) => {
    const input = element("input", { type: "radio", name, value: option });
    input.addEventListener("change", () => change(option));
    set.append(element("label", {}, input, ` ${words}`));
    return input;
  });
  const show = (/** @type {string} */ value) => inputs.forEach((input) => (input.checked = input.value === value));
  return [set, show];
}
