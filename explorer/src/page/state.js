/**
 * The scene, and the fragment of the page's address that holds it.
 *
 * A fragment is view=NAME&field=value...; fields at their default are left out.
 *
 * @typedef {[number, number]} Point
 * @typedef {{kind: "number", label: string, value: number, low: number, high: number,
 *     log?: boolean, whole?: boolean, unit?: string}} NumberField
 * @typedef {{kind: "choice", label: string, value: string,
 *     options: Record<string, string>}} ChoiceField
 * @typedef {{kind: "typed", label: string, value: number | null, low: number, high: number,
 *     whole?: boolean, optional?: boolean}} TypedField a number that is typed, null where
 *     it is left empty
 * @typedef {{kind: "list", label: string, value: string, options: Record<string, string>,
 *     groups: Record<string, string>}} ListField a choice of many, in groups
 * @typedef {{kind: "points", value: null}} PointsField null for the points of the data
 * @typedef {NumberField | ChoiceField | TypedField | ListField | PointsField} Field
 * @typedef {Record<string, any>} Scene a value for each field
 * @typedef {Record<string, Field>} Fields
 */

/** The most points that a fragment may hold. */
export const MOST_POINTS = 250;

/**
 * Return the scene of the defaults.
 * @param {Fields} fields
 * @returns {Scene}
 */
export function defaults(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
}

/**
 * Return the fragment of a scene, without #.
 * @param {string} view
 * @param {Fields} fields
 * @param {Scene} scene
 */
export function encode(view, fields, scene) {
  const changed = Object.keys(fields).filter((name) => scene[name] !== fields[name].value);
  return [`view=${view}`, ...changed.map((name) => `${name}=${written(fields[name], scene[name])}`)].join("&");
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
    return [name, plain(rest.join("="))];
  });
  const view = entries.find(([name]) => name === "view")?.[1] ?? Object.keys(views)[0];
  if (!Object.hasOwn(views, view)) {
    throw new Error(`view must be ${Object.keys(views).join(", ")}, got ${short(view)}`);
  }
  const { fields } = views[view];
  const scene = defaults(fields);
  const seen = new Set();
  for (const [name, text] of entries) {
    if (seen.has(name)) throw new Error(`${short(name)} is there twice`);
    seen.add(name);
    if (name === "view") continue;
    if (!Object.hasOwn(fields, name)) throw new Error(`the view ${view} has no ${short(name) || "field without a name"}`);
    scene[name] = value(name, fields[name], text);
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
  const good = points.every((pair) => pair.length === 2 && pair.every((each) => Math.abs(each) <= 1e4));
  if (!good) throw new Error(`${name} must be pairs x,y of numbers between ; and at most 10000`);
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
  return encodeURIComponent(seen ?? "");
}

/**
 * Return a text that is not long.
 * @param {string} text
 */
function short(text) {
  return text.length > 20 ? `${text.slice(0, 20)}…` : text;
}
