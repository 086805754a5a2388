/**
 * The views of conventions and of sampling in a browser.
 *
 * Run `node --test explorer/test/page_views.mjs`. SCREENSHOTS names a
 * folder for pictures.
 */
import assert from "node:assert/strict";

import { AXE, fragment, inPage, words } from "./in_page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const SCHEMES = /** @type {const} */ (["light", "dark"]);
const MOST_MS = process.env.BUSY ? 100 : 16; // other work on the machine adds to a frame

/** @param {Page} page @param {string} call @returns {Promise<string | null>} the text beside a call of the table */
const setting = (page, call) =>
  page.locator(".conversions tr", { has: page.locator(`th code:text-is('${call}')`) }).locator("td").textContent();
/** @param {Page} page @param {number} draws */
const drawn = (page, draws) => page.waitForFunction((n) => document.getElementById("summary")?.textContent?.includes(`After ${n} draws`), draws);

inPage("a value is typed and every library follows", async (page, open) => {
  await open("view=conventions");
  assert.equal(await page.locator(".conversions th[scope=row]").count(), 64);
  await page.fill("#field-value", "4");
  await page.fill("#field-n", "100");
  await page.fill("#field-noise_sd", "3");
  assert.match(await words(page), /^alpha = 4 of ridge is lambda = 3\.08 of glmnet\./);
  assert.equal(await setting(page, "sklearn.linear_model.ElasticNet(alpha, l1_ratio=0)"), "alpha = 0.04");
  assert.equal(await setting(page, "sklearn.linear_model.LogisticRegression(C)"), "C = 2.25");
  assert.equal(await setting(page, "torch.optim.SGD(weight_decay) on MSELoss()"), "weight_decay = 0.08");
  assert.match((await setting(page, "sklearn.linear_model.Lasso(alpha)")) ?? "", /cannot express the penalty of ridge/);
  assert.equal(await fragment(page), "view=conventions&value=4&n=100&noise_sd=3");
  await page.fill("#field-noise_sd", "");
  await page.waitForTimeout(100);
  assert.equal(await setting(page, "sklearn.linear_model.LogisticRegression(C)"), "needs noise_sd");
  await page.selectOption("#field-source", "lasso");
  assert.match(await words(page), /has no setting of glmnet: glmnet cannot express/);
});

inPage("nonsense in a field gives one line beside it, and the table stays", async (page, open) => {
  await open("view=conventions");
  const table = await page.innerText(".conversions");
  for (const text of ["abc", "-1", "1e99", "", "1,5", "<b>1</b>"]) {
    await page.fill("#field-value", text);
    await page.waitForTimeout(100);
    assert.match((await page.textContent("#field-value-line")) ?? "", /^Type a number from 0 to 1000000000000, not /);
    assert.equal(await page.getAttribute("#field-value", "aria-invalid"), "true");
    assert.equal(await page.inputValue("#field-value"), text, "the text is left as it was typed");
    assert.equal(await page.innerText(".conversions"), table);
  }
  await page.fill("#field-value", "1");
  assert.equal(await page.textContent("#field-value-line"), "");
  await page.fill("#field-batch_size", "1000");
  await page.waitForTimeout(100);
  assert.equal(await page.textContent("#field-batch_size-line"), "The minibatch must have at most n = 442 rows, got 1000.");
  await page.click("#reset");
  await page.waitForTimeout(100);
  assert.equal(await page.inputValue("#field-batch_size"), "34");
});

inPage("conventions are used by the keyboard alone", async (page, open) => {
  await open("view=conventions");
  await page.focus("#field-value");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("2.5e1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  assert.match(await words(page), /^alpha = 25 of ridge-classifier/);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "field-source");
});

inPage("nothing moves by itself where less motion is preferred; buttons step and play", async (page, open) => {
  await open("view=sampling");
  assert.match(await words(page), /^No draw yet/);
  await page.waitForTimeout(600);
  assert.equal(await page.textContent("output[for=field-draws]"), "0");
  await page.focus("#one");
  for (let i = 0; i < 5; i++) await page.keyboard.press("Enter");
  await drawn(page, 5);
  assert.match(await fragment(page), /^view=sampling&draws=5$/);
  await page.focus("#play");
  await page.keyboard.press("Space");
  assert.equal(await page.textContent("#play"), "Pause");
  await page.waitForFunction(() => Number(document.querySelector("output[for=field-draws]")?.textContent) >= 15);
  assert.match((await page.textContent("#summary")) ?? "", /^The samplers draw\. Pause/);
  await page.keyboard.press("Space");
  assert.equal(await page.textContent("#play"), "Play");
  assert.match(await words(page), /^After \d+ draws of each of 4 chains: Random walk: R-hat/);
  await page.click("#again");
  assert.match(await words(page), /^No draw yet/);
});

inPage("the samplers start by themselves, stop at the end, and stop with the view", async (page, open) => {
  await open("view=sampling");
  await page.waitForFunction(() => Number(document.querySelector("output[for=field-draws]")?.textContent) > 2);
  await page.click("#to-line");
  await page.waitForTimeout(500);
  assert.match(await fragment(page), /^view=line/);
  await open("view=sampling&draws=470");
  assert.equal(await page.textContent("#play"), "Play", "a scene with draws waits");
  await page.click("#play");
  await drawn(page, 500);
  assert.equal(await page.textContent("#play"), "Play");
}, { reducedMotion: "no-preference" });

inPage("a scene of sampling comes back from its address", async (page, open) => {
  const seen = [];
  for (let i = 0; i < 2; i++) {
    await open("view=sampling&draws=120&step=0.2&seed=7&correlation=0.8");
    await drawn(page, 120);
    seen.push(await words(page), await page.innerText(".findings"));
    await page.locator("#field-draws").focus();
    for (const key of ["ArrowLeft", "ArrowRight"]) await page.keyboard.press(key);
    await drawn(page, 120);
    seen.push(await words(page), await page.innerText(".findings"));
  }
  assert.equal(new Set(seen).size, 2, "back and forth, and again, the numbers are the same");
});

inPage("too long a step is marked by shapes: triangles and crosses", async (page, open) => {
  await open("view=sampling&draws=40&step=0.4");
  await drawn(page, 40);
  assert.match(await words(page), /HMC: R-hat over 1000, too large.*160 divergent draws/);
  const marks = await page.evaluate(() => [...document.querySelectorAll(".three svg")].map((svg) => ["rejected", "divergent", "now"].map((name) => svg.querySelectorAll(`.${name} > *`).length)));
  assert.deepEqual(marks.map(([, divergent]) => divergent > 0), [false, true, true]);
  assert.ok(marks[0][0] + marks[2][0] > 0, "a rejected draw is crossed");
  assert.deepEqual(marks.map(([, , now]) => now), [4, 4, 4]);
  const key = await page.innerText(".key");
  assert.ok(key.includes("×") && key.includes("△"));
});

for (const width of [1366, 390]) {
  for (const colorScheme of SCHEMES) {
    inPage(`no violation of access at ${width} pixels, ${colorScheme}, and no scroll to the side`, async (page, open) => {
      for (const address of ["view=conventions", "view=conventions&noise_sd=&source=logistic-regression&target=torch-adamw", "view=sampling&draws=0", "view=sampling&draws=60&step=0.3"]) {
        await open(address);
        if (address === "view=conventions") await page.fill("#field-y_sd", "many");
        if (address.includes("draws=60")) await drawn(page, 60);
        await page.addScriptTag({ path: AXE });
        const { violations, passes } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
        assert.deepEqual(violations.map((/** @type {any} */ each) => `${each.id}: ${each.nodes[0].html}`), [], address);
        assert.ok(passes.some((/** @type {any} */ each) => each.id === "color-contrast"));
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
        const folder = process.env.SCREENSHOTS;
        if (folder) await page.screenshot({ path: `${folder}/${address.replace(/\W/g, "_")}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }, { viewport: { width, height: 844 }, colorScheme });
  }
}

for (const [what, address, field, values] of /** @type {[string, string, string, string[]][]} */ ([
  ["a typed value", "view=conventions", "#field-value", ["1", "12", "0.5", "7e3"]],
  ["the step at 200 draws", "view=sampling&draws=200", "#field-step", ["80", "90", "100", "110"]],
])) {
  inPage(`${what} redraws within ${MOST_MS} ms`, async (page, open) => {
    await open(address);
    await page.waitForTimeout(500);
    await page.evaluate(async ([at, texts]) => {
      const input = /** @type {HTMLInputElement} */ (document.querySelector(/** @type {string} */ (at)));
      performance.clearMeasures();
      for (let i = 0; i < 40; i++) {
        input.value = texts[i % texts.length];
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, /** @type {[string, string[]]} */ ([field, values]));
    const times = (await page.evaluate(() => performance.getEntriesByName("redraw").filter(({ entryType }) => entryType === "measure").map(({ duration }) => duration))).sort((a, b) => a - b);
    const median = times[times.length >> 1];
    console.log(`${what}: median redraw ${median.toFixed(1)} ms, largest ${times[times.length - 1].toFixed(1)} ms`);
    assert.ok(times.length >= 40 && median <= MOST_MS, `${median} ms of ${times.length}`);
  });
}
