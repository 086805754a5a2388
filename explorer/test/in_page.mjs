/**
 * What every test in a browser needs: a fresh page, its words and its address.
 *
 * CHROMIUM names the browser.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {(fragment: string, file?: string) => Promise<void>} Open */

export const FILE = fileURLToPath(new URL("../../bayes_l2/explorer/explorer.html", import.meta.url));
export const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const ADDRESS_MS = 160; // the address follows the last change after 150

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(() => browser.close());

/**
 * Test in a fresh page, where an error, a dialog or a request of the page is an error of the test.
 * @param {string} name
 * @param {(page: Page, open: Open) => Promise<void>} body
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export function inPage(name, body, options = {}) {
  test(name, async () => {
    const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    /** @type {string[]} */
    const seen = [];
    page.on("pageerror", (error) => seen.push(error.message));
    page.on("console", (message) => seen.push(message.text()));
    page.on("dialog", (dialog) => seen.push(`a dialog: ${dialog.message()}`));
    page.on("request", (request) => {
      if (!/^(file|data|about):/.test(request.url())) seen.push(`a request of ${request.url()}`);
    });
    await body(page, async (fragment, file = FILE) => {
      await page.goto("about:blank");
      await page.goto(`${pathToFileURL(file)}${fragment && "#"}${fragment}`);
      await settled(page);
    });
    assert.deepEqual(seen, []);
    await context.close();
  });
}

/**
 * Wait until the page has said its scene in words.
 * @param {Page} page
 */
export async function settled(page) {
  await page.waitForFunction(() => {
    const summary = document.getElementById("summary");
    return summary?.textContent && summary.getAttribute("aria-busy") !== "true";
  });
}

/**
 * Return the scene in words.
 * @param {Page} page
 */
export async function words(page) {
  await settled(page);
  return (await page.textContent("#summary")) ?? "";
}

/**
 * Return the fragment of the address.
 * @param {Page} page
 */
export async function fragment(page) {
  await settled(page);
  await page.waitForTimeout(ADDRESS_MS);
  return new URL(page.url()).hash.slice(1);
}
