/**
 * Numbers that are typed, and lists of many options.
 *
 * @typedef {import("./state.js").Fields} Fields
 * @typedef {import("./state.js").TypedField} TypedField
 * @typedef {import("./state.js").ListField} ListField
 * @typedef {import("./state.js").Scene} Scene
 */

import { element } from "./controls.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Return the number of a text, or one line that says why there is none.
 * @param {TypedField} field
 * @param {string} text
 * @returns {{value: number | null, complaint: string}}
 */
export function typedNumber(field, text) {
  const trimmed = text.trim();
  if (trimmed === "" && field.optional) return { value: null, complaint: "" };
  const value = NUMBER.test(trimmed) ? Number(trimmed) : NaN;
  if (value >= field.low && value <= field.high && (!field.whole || Number.isInteger(value))) return { value, complaint: "" };
  const seen = trimmed === "" ? "nothing" : trimmed.length > 20 ? `${trimmed.slice(0, 20)}…` : trimmed;
  const sort = field.whole ? "whole number" : "number";
  const hint = /^[\d.]*,\d+$/.test(trimmed) ? "; write a point, not a comma" : "";
  return { value: null, complaint: `Type a ${sort} from ${field.low} to ${field.high}, not ${seen}${hint}. The last good value is shown.` };
}

/**
 * Make the inputs of typed fields and lists; other kinds are left out.
 * @param {HTMLElement} box
 * @param {Fields} fields
 * @param {(name: string, value: any) => void} change called with each new value
 * @returns {(scene: Scene, lines?: Record<string, string>) => void} shows a scene, with
 *     a line beside those fields that have one
 */
export function typedControls(box, fields, change) {
  /** @type {((scene: Scene, lines: Record<string, string>) => void)[]} */
  const shows = [];
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== "typed" && field.kind !== "list") continue;
    const tell = (/** @type {any} */ value) => change(name, value);
    const [node, show] = /** @type {[Node, (value: any, line: string) => void]} */ (
      field.kind === "typed" ? typed(name, field, tell) : list(name, field, tell)
    );
    box.append(node);
    shows.push((scene, lines) => show(scene[name], lines[name] ?? ""));
  }
  return (scene, lines = {}) => shows.forEach((show) => show(scene, lines));
}

/**
 * Make an input for a number, with a line for complaints beside it.
 * @param {string} name
 * @param {TypedField} field
 * @param {(value: number | null) => void} change
 * @returns {[Node, (value: number | null, line: string) => void]}
 */
function typed(name, field, change) {
  const id = `field-${name}`;
  const input = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", id, name, "aria-describedby": `${id}-line` });
  const message = element("span", { id: `${id}-line`, class: "line", role: "alert" });
  /** @type {number | null | undefined} the value that the text stands for */
  let meant;
  let [complaint, other] = ["", ""];
  const tell = () => {
    const text = complaint || other;
    if (message.textContent !== text) message.textContent = text;
    input.setAttribute("aria-invalid", String(text !== ""));
  };
  input.addEventListener("input", () => {
    const read = typedNumber(field, input.value);
    complaint = read.complaint;
    tell();
    if (!complaint) change((meant = read.value));
  });
  const show = (/** @type {number | null} */ value, /** @type {string} */ line) => {
    // a text that stands for the value is left as it was typed
    if (value !== meant || (complaint && document.activeElement !== input)) {
      [meant, complaint] = [value, ""];
      input.value = value === null ? "" : String(value);
    }
    other = line;
    tell();
  };
  return [element("div", { class: "typed" }, element("label", { for: id }, field.label), input, message), show];
}

/**
 * Make a list in groups.
 * @param {string} name
 * @param {ListField} field
 * @param {(value: string) => void} change
 * @returns {[Node, (value: string, line: string) => void]}
 */
function list(name, field, change) {
  const id = `field-${name}`;
  const select = element("select", { id, name, "aria-describedby": `${id}-line` });
  const message = element("span", { id: `${id}-line`, class: "call" });
  /** @type {Record<string, HTMLElement>} */
  const groups = {};
  for (const [option, words] of Object.entries(field.options)) {
    const group = field.groups[option];
    groups[group] ??= select.appendChild(element("optgroup", { label: group }));
    groups[group].append(element("option", { value: option }, words));
  }
  select.addEventListener("change", () => change(select.value));
  const show = (/** @type {string} */ value, /** @type {string} */ line) => {
    select.value = value;
    if (message.textContent !== line) message.textContent = line;
  };
  return [element("div", { class: "typed" }, element("label", { for: id }, field.label), select, message), show];
}
