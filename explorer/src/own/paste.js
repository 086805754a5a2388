/**
 * Columns from a text that was pasted: CSV, with tabs, semicolons, commas or spaces.
 *
 * @typedef {import("./columns.js").Columns} Columns
 */

import { brief, columnsOf } from "./columns.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WITH_COMMA = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i;
const SEPARATORS = ["\t", ";", ","];

/**
 * Return the columns of a text, or raise an error of one line that names the row.
 *
 * Names may stand in the first row. The response is the last column. A comma is a decimal
 * mark where it is not the separator.
 * @param {string} text
 * @returns {Columns}
 */
export function pasted(text) {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/).map((line, i) => ({ line, row: i + 1 }));
  const [first, ...others] = lines.filter(({ line }) => line.trim() !== "");
  if (!first) throw new Error("there is no row: paste some columns first");
  const bare = first.line.replace(/"[^"]*"/g, "");
  const separator = SEPARATORS.find((each) => bare.includes(each)) ?? " ";
  const cells = [first, ...others].map(({ line, row }) => ({ row, cells: split(line, separator) }));
  const has_names = cells[0].cells.every((cell) => cell !== "" && Number.isNaN(numberOf(cell, separator)));
  const names = has_names ? cells[0].cells : null;
  const count = cells[0].cells.length;
  const marks = new Set();
  const rows = cells.slice(has_names ? 1 : 0).map((each) => {
    if (each.cells.length !== count) {
      throw new Error(`row ${each.row} has ${each.cells.length} columns, and row ${first.row} has ${count}`);
    }
    return each.cells.map((cell) => {
      const value = numberOf(cell, separator);
      if (!Number.isFinite(value)) {
        throw new Error(`row ${each.row} must hold numbers, got ${cell === "" ? "an empty cell" : brief(cell, 20)}`);
      }
      for (const mark of [".", ","]) if (cell.includes(mark)) marks.add(mark);
      if (marks.size > 1) throw new Error(`row ${each.row} has ${brief(cell, 20)}, and rows before it have another decimal mark`);
      return value;
    });
  });
  return columnsOf(names, rows);
}

/**
 * Return the cells of a line; a separator in double quotes is part of a cell.
 * @param {string} line
 * @param {string} separator
 */
function split(line, separator) {
  if (separator === " ") return line.trim().split(/\s+/);
  const cells = [""];
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) cells.push("");
    else cells[cells.length - 1] += letter;
  }
  return cells.map((cell) => cell.trim());
}

/**
 * Return the number of a cell, NaN where it holds none.
 * @param {string} cell
 * @param {string} separator
 */
function numberOf(cell, separator) {
  const plain = cell.replace("\u2212", "-");
  if (NUMBER.test(plain)) return Number(plain);
  return separator !== "," && WITH_COMMA.test(plain) ? Number(plain.replace(",", ".")) : NaN;
}
