/**
 * The built page inside of another page, as the site and the reports have it.
 *
 * Run `node --test explorer/test/frame.mjs`. CHROMIUM names the browser.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const FILE = new URL("../../bayes_l2/explorer/explorer.html", import.meta.url);
const SITE = readFileSync(new URL("../../docs/static/scenes.js", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "explorer-"));

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/**
 * Open a page with one frame, and return both. An error of either is an error of the test.
 * @param {string} frame
 * @param {(page: import("playwright-core").Page, inner: import("playwright-core").Frame) => Promise<void>} body
 * @param {string} [policy] of the page around the frame
 */
async function around(frame, body, policy = "") {
  const path = join(folder, "around.html");
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  writeFileSync(path, `<!doctype html><html data-theme="dark"><head>${policy && head}</head><body><figure class="scene">${frame}</figure><script>${SITE}</script>`);
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme: "light" });
  /** @type {string[]} */
  const seen = [];
  page.on("pageerror", (error) => seen.push(error.message));
  page.on("console", (message) => seen.push(message.text()));
  await page.goto(pathToFileURL(path).href);
  const inner = page.frames()[1];
  await inner.waitForFunction(() => document.getElementById("summary")?.textContent);
  await body(page, inner);
  assert.deepEqual(seen, []);
  await page.close();
}

/**
 * Return the words of the scene, when they have stayed the same for a while.
 * @param {import("playwright-core").Frame} inner
 */
const words = async (inner) => {
  let [seen, since] = ["", Date.now()];
  while (Date.now() - since < 500) {
    const now = (await inner.textContent("#summary")) ?? "";
    if (now !== seen) [seen, since] = [now, Date.now()];
    await inner.page().waitForTimeout(20);
  }
  return seen;
};
/** @param {import("playwright-core").Frame} inner */
const move = async (inner) => {
  await inner.locator("input[type=range]").first().focus();
  for (let k = 0; k < 15; k++) await inner.page().keyboard.press("ArrowRight");
};

test("a frame is as high as its scene, in the theme of the page around it, and goes back to its scene", async () => {
  await around(`<iframe src="${FILE.href}#view=plane&prior_sd=0.7" title="a" style="width: 850px"></iframe>`, async (page, inner) => {
    assert.ok(await inner.isHidden("h1"));
    assert.ok(await inner.isVisible("nav"));
    const height = () => inner.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    await page.waitForFunction(() => document.querySelector("iframe")?.style.height);
    await page.waitForTimeout(300);
    assert.equal(await height(), 0);
    const paper = () => inner.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await paper(), "rgb(20, 24, 29)");
    await page.evaluate(() => document.documentElement.setAttribute("data-theme", "light"));
    await page.waitForTimeout(100);
    assert.equal(await paper(), "rgb(255, 255, 255)");
    await page.setViewportSize({ width: 400, height: 900 });
    await page.evaluate(() => (/** @type {HTMLElement} */ (document.querySelector("iframe")).style.width = "310px"));
    await page.waitForTimeout(500);
    assert.equal(await height(), 0);
    const first = await words(inner);
    await move(inner);
    assert.notEqual(await words(inner), first);
    await inner.click("#reset");
    assert.equal(await words(inner), first);
  });
});

test("a page that is written into another one has no address, and works where its script alone may run", async () => {
  const [, script] = /<script>(.*?)<\/script>/s.exec(readFileSync(FILE, "utf8")) ?? [];
  const allowed = [script, SITE].map((code) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`);
  const escaped = readFileSync(FILE, "utf8").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  await around(`<iframe sandbox="allow-scripts" srcdoc="${escaped}" title="a" style="width: 850px"></iframe>`, async (page, inner) => {
    assert.ok(await inner.isHidden("nav"));
    const first = await words(inner);
    await move(inner);
    assert.notEqual(await words(inner), first);
    await inner.click("#reset");
    assert.equal(await words(inner), first);
    assert.equal(page.frames().length, 2);
  }, `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${allowed.join(" ")}`);
});
