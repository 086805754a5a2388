/**
 * The choice between a view's examples and columns of the user's own, which are pasted.
 *
 * @typedef {import("./state.js").Fields} Fields
 * @typedef {import("./state.js").ChoiceField} ChoiceField
 * @typedef {import("./state.js").Scene} Scene
 * @typedef {import("../data.js").Data} Data
 * @typedef {import("../own/columns.js").Columns} Columns
 */

import { MOST_IN_ADDRESS, OWN } from "../own/columns.js";
import { pasted } from "../own/paste.js";
import { element } from "./controls.js";
import { defaults, fieldsOf } from "./state.js";

/**
 * Return the fields of a choice of data.
 * @param {string} value the default
 * @param {Record<string, string>} options the examples
 * @param {number} [least] features of the user's own that the view needs
 * @returns {Fields}
 */
export function dataFields(value, options, least = 1) {
  return {
    data: { kind: "choice", label: "Data", value, options: { ...options, [OWN]: "your own columns" }, least },
    own: { kind: "table", value: null },
  };
}

/**
 * Return whether a view can show the user's own columns.
 * @param {Fields} fields
 * @param {Columns | null} own
 */
export function canShow({ data }, own) {
  return data?.kind === "choice" && own !== null && own.names.length >= (data.least ?? 1);
}

/**
 * Return the part of a scene that is new where the data are others.
 * @param {Fields} fields
 * @param {string} data
 */
export function withData(fields, data) {
  const scene = defaults(fields, data);
  const moved = Object.entries(fields).filter(([, field]) => field.kind === "points" || (field.kind === "number" && field.by));
  return { ...Object.fromEntries(moved.map(([name]) => [name, scene[name]])), data };
}

/**
 * Make the box where columns are pasted.
 * @param {HTMLElement} box which holds the choice
 * @param {Fields} fields
 * @param {Data} data
 * @param {(part: Scene) => void} change
 * @returns {(scene: Scene) => void} shows the choice
 */
export function pasteBox(box, fields, data, change) {
  const { least = 1 } = /** @type {ChoiceField} */ (fields.data);
  const input = element("textarea", { id: "paste", rows: "6", spellcheck: "false", autocomplete: "off", "aria-describedby": "paste-help paste-line" });
  const line = element("p", { id: "paste-line", class: "line", role: "alert" });
  const help = element("p", { id: "paste-help", class: "note" }, `${least + 1} to 4 columns between commas, semicolons or tabs, with or without names in the first row. The last is the response. They stay in this page and its address.`);
  const button = element("button", { type: "button" }, "Use these columns");
  const details = element("details", {}, element("summary", {}, "Paste columns"), element("label", { for: "paste" }, "Rows of numbers"), input, help, button, line);
  const note = element("p", { class: "note", id: "own-note" });
  button.addEventListener("click", () => {
    try {
      const own = pasted(input.value);
      if (own.names.length < least) throw new Error(`this view needs ${least + 1} columns, the response last; got ${own.names.length + 1}`);
      line.textContent = "";
      input.removeAttribute("aria-invalid");
      change({ ...withData(fields, OWN), own });
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      const { message } = /** @type {Error} */ (error);
      line.textContent = `${message[0].toUpperCase()}${message.slice(1)}.`;
    }
  });
  box.append(details, note);
  const radio = /** @type {HTMLInputElement} */ (box.querySelector(`input[name=data][value=${OWN}]`));
  return (scene) => {
    radio.disabled = !canShow(fields, data.own);
    const text = scene.data === OWN && data.own ? noteOf(data.own, scene.own !== null) : "";
    if (note.textContent !== text) note.textContent = text;
  };
}

/**
 * Say what the user's own columns are.
 * @param {Columns} own
 * @param {boolean} is_pasted
 */
function noteOf({ names, target, y, note, as_given }, is_pasted) {
  const what = `${y.length} rows of ${names.join(", ")} and the response ${target}.`;
  const where = is_pasted && y.length > MOST_IN_ADDRESS ? `The address does not hold these columns: it has room for ${MOST_IN_ADDRESS} rows.` : "";
  const units = `On the sliders σ and τ are in sds of the response, for one ${as_given ? "unit" : "sd"} of a column.`;
  return [what, note, units, where].filter(Boolean).join(" ");
}

/**
 * Return the fields of a scene, with sliders of rows that end at those there are.
 * @param {Fields} fields
 * @param {Scene} scene
 * @param {number} n
 */
export function fieldsNow(fields, scene, n) {
  const now = fieldsOf(fields, scene.data);
  if (now.rows?.kind === "number") now.rows = { ...now.rows, high: Math.min(now.rows.high, n) };
  return now;
}
