/**
 * The view of a line in a browser: its losses, two classes, and their posteriors.
 *
 * Run `node --test explorer/test/page_line.mjs`. SCREENSHOTS names a
 * folder for pictures.
 */
import assert from "node:assert/strict";

import { AXE, fragment, inPage, words } from "./in_page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const CLASSES = "view=line&loss=cross-entropy";
const LOSSES = ["squared", "huber", "absolute", "cross-entropy"];

/** @param {Page} page @returns {Promise<Record<string, number>>} marks in each layer */
const marks = (page) =>
  page.evaluate(() => Object.fromEntries(["band", "lines", "other", "densities", "fit"].map((name) => [name, document.querySelectorAll(`.${name} > path`).length])));

inPage("each loss says its density, its fit and its posterior", async (page, open) => {
  for (const [loss, density, posterior, others] of /** @type {[string, RegExp, RegExp, number][]} */ ([
    ["squared", /normal density with sd σ.*\(2\.51 σ\)/, /posterior is normal with mean 0\.585 and sd 0\.058\./, 0],
    ["huber", /normal up to 1\.345 σ.*tails of Laplace.*\(2\.66 σ\)/, /not normal; it has mean 0\.583 and sd 0\.0643\./, 1],
    ["absolute", /Laplace density with scale σ.*\(2 σ\)/, /not normal; it has mean 0\.581 and sd 0\.0722\./, 1],
    ["cross-entropy", /Bernoulli likelihood/, /not normal; it has mean 1\.25 and sd 0\.542\./, 0],
  ])) {
    await open(`view=line&loss=${loss}`);
    const text = await words(page);
    assert.match(text, density);
    assert.match(text, posterior);
    assert.match(text, /At x = 5 the band of 95 % .*goes from [\d.]+ to [\d.]+\./);
    assert.deepEqual(await marks(page), { band: 1, lines: 12, other: others, densities: loss === "cross-entropy" ? 20 : 10, fit: 1 });
  }
});

inPage("a point is moved between two classes by mouse and keyboard, and the address holds it", async (page, open) => {
  await open(CLASSES);
  assert.ok(await page.isHidden("#field-noise_sd"), "classes have no scale");
  assert.match((await page.textContent("#hint")) ?? "", /class 1 is y above 4\.1, the median/);
  assert.match(await words(page), /5 of them in class 1.*Point 5 has the smallest likelihood, 0\.391/);
  const handle = page.locator("circle[role=slider]").nth(1);
  const box = await handle.boundingBox();
  if (!box) throw new Error("no point is shown");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - 100, { steps: 3 });
  assert.equal(await handle.getAttribute("aria-valuenow"), "0", "it stays with the nearer class");
  await page.mouse.move(x, y - 320, { steps: 3 });
  await page.mouse.up();
  assert.match(await words(page), /6 of them in class 1.*Point 2 has the smallest likelihood/);
  assert.match(await fragment(page), /^view=line&loss=cross-entropy&classes=0\.8,0;1\.5,1;/);
  await handle.focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(100);
  assert.deepEqual([await handle.getAttribute("aria-valuetext"), await handle.getAttribute("aria-valuemax")], ["x 1.5, class 0", "1"]);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(100);
  assert.equal(await handle.getAttribute("aria-valuetext"), "x 1.6, class 1");
  await page.keyboard.press("Delete");
  assert.match(await words(page), /through 9 points, 5 of them in class 1/);
  await page.check("input[value=squared]");
  assert.match(await words(page), /through 10 points/, "points of y are as they were");
  await page.check("input[value=cross-entropy]");
  assert.match(await words(page), /through 9 points/);
  const seen = [await words(page), await page.innerHTML(".plot")];
  await open(await fragment(page));
  assert.equal(await words(page), seen[0]);
});

inPage("without a penalty separable classes have no best fit, and one sentence says so", async (page, open) => {
  await open(`${CLASSES}&classes=1,0;2,0.2;4,0.9;5,1&penalty=none`);
  assert.ok(await page.isHidden("#field-prior_sd"));
  assert.equal(await words(page), "No best fit exists without a penalty: the classes are separable, so a steeper curve always fits better.");
  assert.deepEqual(await marks(page), { band: 0, lines: 0, other: 0, densities: 0, fit: 0 });
  await page.check("input[value=l2]");
  assert.match(await words(page), /multiplies the odds of class 1 by/);
  assert.equal((await marks(page)).lines, 12);
  await open(`${CLASSES}&classes=1,1;2,1`);
  assert.match(await words(page), /^No best fit exists: all points are of one class/);
  for (const loss of LOSSES) {
    await open(`view=line&loss=${loss}&penalty=none&points=3,1;3,2;3,5&classes=3,0;3,1`);
    assert.match(await words(page), /^No best fit exists without a penalty: all points have the same x/);
  }
  await open(`${CLASSES}&penalty=none`);
  assert.match(await words(page), /not normal; it has mean [\d.]+ and sd/, "classes that mix need no penalty");
});

inPage("at the ends of the sliders every loss has a fit and a posterior", async (page, open) => {
  for (const loss of LOSSES) {
    for (const data of ["toy", "diabetes"]) {
      for (const [noise_sd, prior_sd] of [[0.1, 100], [100, 0.01], [0.1, 0.01], [100, 100]]) {
        await open(`view=line&loss=${loss}&data=${data}&noise_sd=${noise_sd}&prior_sd=${prior_sd}`);
        const text = (await page.textContent("#summary")) ?? "";
        assert.match(text, /posterior is .* and sd /);
        assert.doesNotMatch(text, /NaN|Infinity/);
        assert.doesNotMatch((await page.getAttribute(".band > path", "d")) ?? "NaN", /NaN|Infinity/);
      }
    }
  }
});

for (const width of [1366, 360]) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    inPage(`no violation of access in any loss at ${width} pixels, ${colorScheme}, and no scroll to the side`, async (page, open) => {
      for (const address of [...LOSSES.slice(1).map((loss) => `view=line&loss=${loss}`), `${CLASSES}&data=diabetes&noise_sd=60&prior_sd=10`, `${CLASSES}&penalty=none&classes=1,0;2,1`]) {
        await open(address);
        await page.addScriptTag({ path: AXE });
        const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
        assert.deepEqual(violations.map((/** @type {any} */ each) => `${each.id}: ${each.nodes[0].html}`), [], address);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
        const folder = process.env.SCREENSHOTS;
        if (folder) await page.screenshot({ path: `${folder}/${address.replace(/\W/g, "_")}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }, { viewport: { width, height: 844 }, colorScheme, reducedMotion: "reduce" });
  }
}
