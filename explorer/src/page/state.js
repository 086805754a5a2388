/**
 * The scene, and the fragment of the page's address that holds it.
 *
 * A fragment is view=NAME&field=value...; fields at their default are left out.
 *
 * @typedef {[number, number]} Point
 * @typedef {{kind: "number", label: string, value: number, low: number, high: number,
 *     log?: boolean, whole?: boolean, unit?: string, hidden?: boolean,
 *     by?: Record<string, Partial<NumberField>>}} NumberField ``by`` a choice of data, what
 *     differs there
 * @typedef {{kind: "choice", label: string, value: string,
 *     options: Record<string, string>, least?: number}} ChoiceField ``least`` columns of the
 *     user's own that a view needs
 * @typedef {{kind: "typed", label: string, value: number | null, low: number, high: number,
 *     whole?: boolean, optional?: boolean}} TypedField a number that is typed, null where
 *     it is left empty
 * @typedef {{kind: "list", label: string, value: string, options: Record<string, string>,
 *     groups: Record<string, string>}} ListField a choice of many, in groups
 * @typedef {{kind: "points", value: null}} PointsField null for the points of the data
 * @typedef {{kind: "table", value: null}} TableField columns of the user's own, null for
 *     those that the page has
 * @typedef {NumberField | ChoiceField | TypedField | ListField | PointsField | TableField} Field
 * @typedef {Record<string, any>} Scene a value for each field
 * @typedef {Record<string, Field>} Fields
 */

import { MOST_IN_ADDRESS, fromAddress, toAddress } from "../own/columns.js";

/** The most points that a fragment may hold. */
export const MOST_POINTS = 250;
const LARGEST = 1e100;

/**
 * Return the fields as they are with some data.
 * @param {Fields} fields
 * @param {string} [data] the value of the field of this name
 * @returns {Fields}
 */
export function fieldsOf(fields, data) {
  const now = (/** @type {Field} */ field) => (field.kind === "number" ? { ...field, ...field.by?.[data ?? ""] } : field);
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, now(field)]));
}

/**
 * Return the scene of the defaults.
 * @param {Fields} fields
 * @param {string} [data] the choice of data, its default if left out
 * @returns {Scene}
 */
export function defaults(fields, data) {
  const chosen = /** @type {any} */ (data ?? fields.data?.value);
  const scene = Object.fromEntries(Object.entries(fieldsOf(fields, chosen)).map(([name, field]) => [name, field.value]));
  return fields.data ? { ...scene, data: chosen } : scene;
}

/**
 * Return the fragment of a scene, without #.
 * @param {string} view
 * @param {Fields} fields
 * @param {Scene} scene
 */
export function encode(view, fields, scene) {
  const usual = fieldsOf(fields, scene.data);
  const changed = Object.keys(fields).filter((name) => scene[name] !== usual[name].value && isShort(fields[name], scene[name]));
  return [`view=${view}`, ...changed.map((name) => `${name}=${written(fields[name], scene[name])}`)].join("&");
}

/**
 * Return whether an address may hold a value.
 * @param {Field} field
 * @param {any} seen
 */
function isShort(field, seen) {
  return field.kind !== "table" || seen.y.length <= MOST_IN_ADDRESS;
}

/**
 * Return the view and the scene of a fragment.
 *
 * Anything that cannot be read gives the default of the first view, and a complaint.
 * @param {string} fragment without #
 * @param {Record<string, {fields: Fields}>} views
 * @returns {{view: string, scene: Scene, complaint: string}}
 */
export function decode(fragment, views) {
  const first = Object.keys(views)[0];
  if (fragment === "") return { view: first, scene: defaults(views[first].fields), complaint: "" };
  try {
    return { ...read(fragment, views), complaint: "" };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const complaint = `The address holds no scene that can be shown: ${seen}. This is the default scene.`;
    return { view: first, scene: defaults(views[first].fields), complaint };
  }
}

/**
 * Return the view and the scene, or raise an error that says what is wrong.
 * @param {string} fragment
 * @param {Record<string, {fields: Fields}>} views
 */
function read(fragment, views) {
  const entries = fragment.split("&").map((part) => {
    const [name, ...rest] = part.split("=");
    return [name, rest.join("=")];
  });
  const first = (/** @type {string} */ wanted) => entries.find(([name]) => name === wanted)?.[1];
  const view = plain(first("view") ?? Object.keys(views)[0]);
  if (!Object.hasOwn(views, view)) {
    throw new Error(`view must be ${Object.keys(views).join(", ")}, got ${short(view)}`);
  }
  const data = first("data");
  const fields = fieldsOf(views[view].fields, data);
  const scene = defaults(views[view].fields, data);
  const seen = new Set();
  for (const [name, text] of entries) {
    if (seen.has(name)) throw new Error(`${short(name)} is there twice`);
    seen.add(name);
    if (name === "view") continue;
    if (!Object.hasOwn(fields, name)) throw new Error(`the view ${view} has no ${short(name) || "field without a name"}`);
    scene[name] = fields[name].kind === "table" ? tableOf(name, text) : value(name, fields[name], plain(text));
  }
  return { view, scene };
}

/**
 * Return a text without the codes of an address.
 * @param {string} text
 */
function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("the address is not encoded as it should be");
  }
}

/**
 * Return the value of a field.
 * @param {string} name
 * @param {Field} field
 * @param {string} text
 */
function value(name, field, text) {
  switch (field.kind) {
    case "number":
    case "typed": {
      if (field.kind === "typed" && field.optional && text === "") return null;
      const number = numberOf(text);
      if (number >= field.low && number <= field.high && (!field.whole || Number.isInteger(number))) return number;
      const sort = field.whole ? "whole number" : "number";
      throw new Error(`${name} must be a ${sort} from ${field.low} to ${field.high}, got ${short(text)}`);
    }
    case "choice":
      if (Object.hasOwn(field.options, text)) return text;
      throw new Error(`${name} must be ${Object.keys(field.options).join(" or ")}, got ${short(text)}`);
    case "list":
      if (Object.hasOwn(field.options, text)) return text;
      throw new Error(`${name} holds no ${short(text)}`);
    case "points":
      return pointsOf(name, text);
    default:
      throw new Error("a field of no known kind");
  }
}

/**
 * Return columns of the user's own.
 * @param {string} name
 * @param {string} text with its codes
 */
function tableOf(name, text) {
  try {
    return fromAddress(text);
  } catch (error) {
    throw new Error(error instanceof URIError ? "the address is not encoded as it should be" : `in ${name}, ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * Return points that are written x,y;x,y.
 * @param {string} name
 * @param {string} text
 * @returns {Point[]}
 */
function pointsOf(name, text) {
  const points = text.split(";").map((pair) => pair.split(",").map(numberOf));
  if (points.length < 2 || points.length > MOST_POINTS) {
    throw new Error(`${name} must be 2 to ${MOST_POINTS} points, got ${points.length}`);
  }
  const good = points.every((pair) => pair.length === 2 && pair.every((each) => Math.abs(each) <= LARGEST));
  if (!good) throw new Error(`${name} must be pairs x,y of numbers between ; and at most ${LARGEST}`);
  return /** @type {Point[]} */ (points);
}

/**
 * Return the number, NaN for a text that is none.
 * @param {string} text
 */
function numberOf(text) {
  return text.trim() === "" ? NaN : Number(text);
}

/**
 * Return a value as text.
 * @param {Field} field
 * @param {any} seen
 * @returns {string}
 */
function written(field, seen) {
  if (field.kind === "points") return seen.map((/** @type {Point} */ pair) => pair.join(",")).join(";");
  if (field.kind === "table") return toAddress(seen);
  return encodeURIComponent(seen ?? "");
}

/**
 * Return a text that is not long.
 * @param {string} text
 */
function short(text) {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text;
}
