/**
 * Say of scenes whether the built page can read them.
 *
 * Run `node explorer/test/scenes.mjs PAGE`. Standard input holds a list of fragments as
 * JSON. Standard output gets a list of complaints, empty for a scene that is read. The
 * script of the page runs on each, in a document that draws nothing.
 */
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const page = readFileSync(process.argv[2], "utf8");
const [, data] = /id="data">(.*?)<\/script>/s.exec(page) ?? [];
const [, script] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
if (!data || !script) throw new Error(`${process.argv[2]} is no page of the explorer`);

/**
 * Return something that can be called, and whose every property is the same.
 * @returns {any}
 */
function nothing() {
  /** @type {any} */
  const self = new Proxy(function () {}, {
    get: (_, name) => (name === Symbol.toPrimitive ? () => "" : name === Symbol.iterator ? [][Symbol.iterator].bind([]) : self),
    set: () => true,
    apply: () => self,
    construct: () => self,
  });
  return self;
}

/**
 * Return the page's complaint about a scene.
 * @param {string} fragment
 * @returns {string}
 */
function complaint(fragment) {
  /** @type {Record<string, {textContent: string | null}>} */
  const known = { data: { textContent: data }, complaint: { textContent: null } };
  const hollow = nothing();
  /** @type {any} */
  const scope = {
    document: new Proxy({}, { get: (_, name) => (name === "getElementById" ? (/** @type {string} */ id) => known[id] ?? hollow : hollow) }),
    location: { hash: `#${fragment}`, protocol: "file:" },
    history: hollow,
    ResizeObserver: hollow,
    matchMedia: hollow,
    performance,
    addEventListener: hollow,
    requestAnimationFrame: () => 1,
    setTimeout,
    clearTimeout,
  };
  scope.self = scope.parent = createContext(scope);
  try {
    runInContext(script, scope);
  } catch (error) {
    // a view that cannot be drawn here has been read
    if (known.complaint.textContent === null) throw error;
  }
  if (known.complaint.textContent === null) throw new Error("the page has read no scene");
  return known.complaint.textContent;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(complaint)));
