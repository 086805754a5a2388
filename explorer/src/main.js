/**
 * The page: one view at a time, and the address that holds its scene.
 *
 * @typedef {import("./page/state.js").Fields} Fields
 * @typedef {import("./page/state.js").Scene} Scene
 * @typedef {import("./data.js").Data} Data
 * @typedef {object} View
 * @property {string} title
 * @property {string} idea one sentence
 * @property {Fields} fields
 * @property {(box: HTMLElement, data: Data, change: (part: Scene) => void,
 *     redraw: () => void) => (scene: Scene) => string} mount
 *     makes the view; its result draws a scene and returns it in words
 */

import { diabetes } from "./data.js";
import { records } from "./packed.js";
import { element } from "./page/controls.js";
import { OWN } from "./own/columns.js";
import { canShow } from "./page/data_choice.js";
import { has_address, in_frame, obeyFrame } from "./page/frame.js";
import { decode, defaults, encode } from "./page/state.js";
import { liveText } from "./page/summary.js";
import { conventions } from "./views/conventions.js";
import { line } from "./views/line.js";
import { penalty } from "./views/penalty.js";
import { plane } from "./views/plane.js";
import { sampling } from "./views/sampling.js";

const ADDRESS_REST = 150; // milliseconds; browsers limit how often an address may change

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const given = JSON.parse(find("data").textContent ?? "");
/** @type {Data} */
const data = { ...diabetes(given.diabetes), own: given.own };
/** @type {Record<string, View>} */
const VIEWS = { line, plane, penalty, conventions: conventions(records(given.conventions)), sampling };
const say = liveText(find("summary"));

let view = "";
/** @type {Scene} */
let scene = {};
/** @type {(scene: Scene) => string} */
let draw = () => "";
let frame = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let writing;
/** @type {Scene} the choice of data that goes along to other views */
let kept = {};

for (const [name, { title }] of Object.entries(VIEWS)) {
  find("views").append(element("li", {}, element("a", { href: `#view=${name}`, id: `to-${name}` }, title)));
}
const start = fragment();
find("reset").addEventListener("click", () => {
  if (in_frame) return open(start);
  complain("");
  const first = decode(given.scene, VIEWS);
  change(first.view === view && data.own ? first.scene : defaults(VIEWS[view].fields));
});
addEventListener("hashchange", () => open(fragment()));
open(start);
if (in_frame) obeyFrame();

/** Return the scene of the address, or else the one that the page was made with. */
function fragment() {
  return location.hash.slice(1) || given.scene;
}

/**
 * Show a scene.
 * @param {string} wanted
 */
function open(wanted) {
  clearTimeout(writing);
  const read = decode(wanted, VIEWS);
  if (read.scene.own) data.own = read.scene.own;
  if (read.scene.data === OWN && !canShow(VIEWS[read.view].fields, data.own)) {
    read.scene = defaults(VIEWS[read.view].fields);
    read.complaint = `The address holds no columns that this view can show: paste them. ${data.own ? "It needs more columns." : "These are its own data."}`;
  }
  complain(read.complaint);
  scene = read.scene;
  if (read.view !== view) mount(read.view);
  else redraw();
  link();
}

/** Let the links to the views take the choice of data along, where it is not the usual one. */
function link() {
  const { data: choice } = VIEWS[view].fields;
  if (choice) kept = scene.data === choice.value ? {} : { data: scene.data, own: scene.own };
  for (const [name, { fields }] of Object.entries(VIEWS)) {
    const offered = fields.data?.kind === "choice" && Object.hasOwn(fields.data.options, kept.data);
    const goes = offered && (kept.data !== OWN || canShow(fields, data.own));
    const start = goes ? { ...defaults(fields, kept.data), own: kept.own } : defaults(fields);
    find(`to-${name}`).setAttribute("href", `#${encode(name, fields, start)}`);
  }
}

/**
 * Show a view.
 * @param {string} name
 */
function mount(name) {
  const { title, idea, mount: make } = VIEWS[(view = name)];
  find("title").textContent = title;
  find("idea").textContent = idea;
  for (const each of Object.keys(VIEWS)) {
    if (each === name) find(`to-${each}`).setAttribute("aria-current", "page");
    else find(`to-${each}`).removeAttribute("aria-current");
  }
  find("view").replaceChildren();
  draw = make(find("view"), data, change, redraw);
  redraw();
}

/**
 * Show a part of the scene that is new.
 * @param {Scene} part
 */
function change(part) {
  scene = { ...scene, ...part };
  if (part.own) data.own = part.own;
  link();
  redraw();
  clearTimeout(writing);
  if (has_address) writing = setTimeout(() => history.replaceState(null, "", `#${encode(view, VIEWS[view].fields, scene)}`), ADDRESS_REST);
}

/** Draw the scene at the next frame of the screen, once. */
function redraw() {
  find("summary").setAttribute("aria-busy", "true");
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    performance.mark("redraw");
    say(draw(scene));
    performance.measure("redraw", "redraw");
  });
}

/**
 * Show a complaint about the address, or none.
 * @param {string} complaint
 */
function complain(complaint) {
  find("complaint").textContent = complaint;
  find("complaint").hidden = !complaint;
}
