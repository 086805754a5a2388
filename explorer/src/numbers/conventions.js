/**
 * The same penalty in every library's units.
 *
 * The prior strength of a setting v is a product of powers c v^k Π q^e of the setting and
 * of quantities such as n. Two strengths are set equal and solved for one setting. The
 * powers come from the records of the Python package, by ``explorer/export.py``.
 *
 * @typedef {Record<string, number>} Powers the power of each symbol; "2" is the number
 * @typedef {object} Convention
 * @property {string} name
 * @property {string} setting the call in the library's language
 * @property {string} parameter the name of the setting
 * @property {string} norm the prior that the norm stands for
 * @property {number} scale_power the power of the strength that is the prior's scale
 * @property {Powers} strength of the prior, with "value" for the setting
 * @property {string} objective as plain text
 * @property {string} library
 * @property {string} no_map why no setting is a MAP; empty where one is
 * @property {string} likelihood squared error, cross-entropy or any
 * @property {string} intercept how it is penalised
 * @property {string} weights how row weights enter, none where rows have none
 * @property {string[]} assumes further options and assumptions
 * @typedef {Record<string, number>} Quantities such as n, y_sd, noise_sd
 */

/** The order in which factors are written. */
const ORDER = ["2", "value", "n", "(n - 1)", "weight_sum", "batch_size", "y_sd", "x_sd", "noise_sd"];

/**
 * Return the setting of one library that is the same prior as that of another.
 * @param {Record<string, Convention>} records by name
 * @param {number} value the setting of ``source``
 * @param {string} source
 * @param {string} target
 * @param {Quantities} [quantities]
 * @returns {{value: number, powers: Powers, formula: string, prior_scale: number | null}}
 */
export function convert(records, value, source, target, quantities = {}) {
  const [before, after] = [recordOf(records, source), recordOf(records, target)];
  if (before.norm !== after.norm) {
    throw new Error(`${target} cannot express the penalty of ${source}: one is a ${after.norm}, the other a ${before.norm}`);
  }
  if (!(value >= 0 && value < Infinity)) throw new Error(`the setting must be a number that is not negative, got ${value}`);
  const powers = ofRows(settingIn(before, after), quantities);
  if (value === 0 && powers.value < 0) throw new Error(`${target} cannot express no penalty: its setting would be infinite`);
  const known = completed(quantities);
  const missing = Object.keys(powers).filter((name) => name !== "value" && !(known[name] > 0));
  if (missing.length) throw new Error(`${missing.join(" and ")} must be given as positive numbers`);
  return {
    value: evaluate(powers, { ...known, value }),
    powers,
    formula: text(powers, `${before.parameter}[${before.name}]`),
    prior_scale: priorScale(before, value, known, quantities),
  };
}

/**
 * Return the names of the quantities on which a conversion depends.
 * @param {Record<string, Convention>} records
 * @param {string} source
 * @param {string} target
 * @returns {string[]}
 */
export function quantitiesOf(records, source, target) {
  const powers = settingIn(recordOf(records, source), recordOf(records, target));
  const names = Object.keys(powers).filter((name) => name !== "value" && name !== "2");
  return [...new Set(names.map((name) => (name === "(n - 1)" ? "n" : name)))];
}

/**
 * Return the scale of the prior, null where a quantity is missing or there is no penalty.
 * @param {Convention} record
 * @param {number} value
 * @param {Quantities} known
 * @param {Quantities} quantities
 */
function priorScale({ strength, scale_power }, value, known, quantities) {
  const powers = ofRows(power(strength, scale_power), quantities);
  if (value === 0 || Object.keys(powers).some((name) => name !== "value" && !(known[name] > 0))) return null;
  return evaluate(powers, { ...known, value });
}

/**
 * Return the record of a name.
 * @param {Record<string, Convention>} records
 * @param {string} name
 */
function recordOf(records, name) {
  if (Object.hasOwn(records, name)) return records[name];
  throw new Error(`no convention is called ${name}`);
}

/**
 * Return the quantities that follow from those given.
 * @param {Quantities} given
 * @returns {Quantities}
 */
function completed(given) {
  const { n } = given;
  return { x_sd: 1, ...given, "(n - 1)": n - 1, 2: 2 };
}

/**
 * Return powers with n in the place of the sum of weights if there are none.
 * @param {Powers} powers
 * @param {Quantities} quantities
 * @returns {Powers}
 */
function ofRows({ weight_sum = 0, ...powers }, quantities) {
  const rows = quantities.weight_sum === undefined ? "n" : "weight_sum";
  return product(powers, { [rows]: weight_sum });
}

/**
 * Return the setting of one record as powers of the setting of another.
 * @param {Convention} before
 * @param {Convention} after
 * @returns {Powers}
 */
function settingIn(before, after) {
  const { value: exponent, ...rest } = after.strength;
  return power(product(before.strength, power(rest, -1)), 1 / exponent);
}

/**
 * @param {Powers} a
 * @param {Powers} b
 * @returns {Powers}
 */
function product(a, b) {
  const all = { ...a };
  for (const [name, exponent] of Object.entries(b)) all[name] = (all[name] ?? 0) + exponent;
  return Object.fromEntries(Object.entries(all).filter(([, exponent]) => exponent !== 0));
}

/**
 * @param {Powers} powers
 * @param {number} exponent
 * @returns {Powers}
 */
function power(powers, exponent) {
  return Object.fromEntries(Object.entries(powers).map(([name, each]) => [name, each * exponent]));
}

/**
 * Return the number of a product.
 * @param {Powers} powers
 * @param {Quantities} values
 */
function evaluate(powers, values) {
  return Object.entries(powers).reduce((all, [name, exponent]) => all * values[name] ** exponent, 1);
}

/**
 * Return a product as plain text, such as alpha y_sd / (2 n).
 * @param {Powers} powers
 * @param {string} parameter the name of the setting
 */
function text(powers, parameter) {
  const top = side(powers, 1, parameter);
  const bottom = side(powers, -1, parameter);
  const above = top.join(" ") || "1";
  if (!bottom.length) return above;
  return `${above} / ${bottom.length > 1 ? `(${bottom.join(" ")})` : bottom[0]}`;
}

/**
 * Return the factors above (sign 1) or below (sign -1) the line; halves of powers stand
 * under one root, at the end.
 * @param {Powers} powers
 * @param {1 | -1} sign
 * @param {string} parameter
 * @returns {string[]}
 */
function side(powers, sign, parameter) {
  const chosen = ORDER.filter((name) => (powers[name] ?? 0) * sign > 0);
  const shown = (/** @type {string} */ name) => (name === "value" ? parameter : name);
  const whole = chosen.flatMap((name) => {
    const exponent = Math.floor(Math.abs(powers[name]));
    if (!exponent) return [];
    return name === "2" ? [String(2 ** exponent)] : [shown(name) + (["", "", "²", "³"][exponent] ?? `^${exponent}`)];
  });
  const halves = chosen.filter((name) => Math.abs(powers[name]) % 1).map(shown);
  if (!halves.length) return whole;
  const under_root = halves.length === 1 ? halves[0].replace(/^\((.*)\)$/, "$1") : halves.join(" ");
  return [...whole, `sqrt(${under_root})`];
}
