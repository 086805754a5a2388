/**
 * The choice of data in a browser: columns that are pasted, or that stand in the page.
 *
 * Run `node --test explorer/test/page_own.mjs`. SCREENSHOTS names a
 * folder for pictures.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AXE, FILE, fragment, inPage, words } from "./in_page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const EMPTY = '"own":null,"scene":""';
const TEXT = "size;rooms;rent\n30,5;1;410\n42;2;515\n55;2;580\n61;3;690\n80;4;905\n";
const LOOKS = /** @type {const} */ ([[1366, "light"], [360, "dark"]]);

/** Wait until the words of the scene match, and for no longer than the test allows. @param {Page} page @param {RegExp} pattern */
const says = async (page, pattern) => {
  const found = (/** @type {string} */ source) => new RegExp(source).test(document.getElementById("summary")?.textContent ?? "");
  await page.waitForFunction(found, pattern.source, { timeout: 10_000 }).catch(() => undefined);
  assert.match((await page.textContent("#summary")) ?? "", pattern);
};
/** @param {Page} page @param {string} text */
const paste = async (page, text) => {
  await page.locator("details").evaluate((node) => node.setAttribute("open", ""));
  await page.fill("#paste", text);
  await page.click("details button");
};
/** @param {number} count @returns {string} rows of two columns */
const rows = (count) => Array.from({ length: count }, (_, i) => `${i},${(i * 37) % 101}\n`).join("");
/** @param {object} own @param {string} scene @returns {string} a page with columns, as explorer_page writes it */
const pageWith = (own, scene) => {
  const given = JSON.stringify({ own, scene }).slice(1, -1).replaceAll("<", "\\u003c");
  const path = join(mkdtempSync(join(tmpdir(), "explorer-")), "page.html");
  writeFileSync(path, readFileSync(FILE, "utf8").replace(EMPTY, () => given));
  return path;
};

inPage("columns are pasted by the keyboard alone, and every view shows them", async (page, open) => {
  await open("");
  await page.focus("summary");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.insertText(TEXT);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await says(page, / x through 5 points\./);
  assert.equal(await page.locator("circle[role=slider]").count(), 5);
  assert.match(await fragment(page), /^view=line&data=own&own=size,rooms,rent;30\.5,1,410;42,2,515;/);
  assert.match((await page.textContent("#own-note")) ?? "", /^5 rows of size, rooms and the response rent\./);
  assert.match((await page.textContent(".axes")) ?? "", /sizerent$/);
  for (const [name, said] of /** @type {[string, RegExp][]} */ ([
    ["plane", /b₁ is the coefficient of size and b₂ that of rooms, in units of rent for one sd of the column, on 5 rows\./],
    ["penalty", /^On 5 rows of rent the penalty .* of 2 degrees of freedom/],
    ["conventions", /^alpha = 1 of ridge/],
    ["line", / x through 5 points\./],
  ])) {
    await page.focus(`#to-${name}`);
    await page.keyboard.press("Enter");
    await says(page, said);
    if (name !== "conventions") assert.match(await fragment(page), new RegExp(`^view=${name}&data=own&own=size,rooms,rent;`));
  }
});

inPage("an address brings columns back, in each view", async (page, open) => {
  for (const view of ["line", "plane", "penalty"]) {
    await open(`view=${view}`);
    await paste(page, TEXT);
    await says(page, / 5 (points|rows)/);
    const [usual, slider] = [await words(page), page.locator("input[type=range]").first()];
    await slider.focus();
    for (let k = 0; k < 9; k++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction((before) => document.getElementById("summary")?.textContent !== before, usual);
    const [seen, address] = [await words(page), await fragment(page)];
    await open(address);
    assert.equal(await words(page), seen);
    assert.equal(await fragment(page), address);
  }
});

inPage("a name of any letters stays a name, in the page and in its address", async (page, open) => {
  const name = `a,b;c "d" 100%&=#<img src=x onerror=alert(1)>`;
  await open("view=plane");
  await paste(page, `"${name.replaceAll('"', "")}",z,y\n1,2,3\n4,1,6\n7,8,1\n`);
  await says(page, /b₁ is the coefficient of a,b;c d 100%&=#<img src=x onerror=alert/);
  const [seen, address] = [await words(page), await fragment(page)];
  await open(address);
  assert.equal(await words(page), seen);
});

inPage("a text that holds no columns gets one line, and the scene stays", async (page, open) => {
  await open("view=plane");
  const usual = await words(page);
  for (const [text, said] of [
    ["", "There is no row: paste some columns first."],
    ["a,b,y\n1,2,3\n4,five,6\n", "Row 3 must hold numbers, got five."],
    ["1,2\n3,5\n4,6\n", "This view needs 3 columns, the response last; got 2."],
    ["<b>,2,1", "Row 1 must hold numbers, got <b>."],
  ]) {
    await paste(page, text);
    assert.equal(await page.textContent("#paste-line"), said);
    assert.equal(await page.getAttribute("#paste", "aria-invalid"), "true");
    assert.equal(await page.inputValue("#paste"), text);
    assert.equal(await words(page), usual);
  }
  assert.equal(await fragment(page), "view=plane");
  assert.ok(await page.isDisabled("input[value=own]"));
  await paste(page, TEXT);
  assert.equal(await page.textContent("#paste-line"), "");
  assert.equal(await page.getAttribute("#paste", "aria-invalid"), null);
});

inPage("an address without columns, or with bad ones, opens an example and says so", async (page, open) => {
  for (const [address, said] of [
    ["view=line&data=own", "holds no columns that this view can show: paste them"],
    ["view=plane&data=own&own=x,y;1,2;2,3;3,5", "It needs more columns"],
    ["view=line&data=own&own=x,y;1,2;2,3", "in own, there must be 3 to 2000 rows of numbers, got 2"],
    ["view=line&data=own&own=x,y;1,2;2,;3,4", "in own, row 2 must hold numbers"],
    ["view=line&data=own&own=%E0%A4%A,y;1,2;2,3;3,4", "the address is not encoded as it should be"],
    ["view=plane&data=moon", "data must be toy or diabetes or diabetes_bp or diabetes_s or own, got moon"],
    ["view=conventions&data=own", "the view conventions has no data"],
  ]) {
    await open(address);
    assert.ok((await page.textContent("#complaint"))?.includes(said), `${address}: ${await page.textContent("#complaint")}`);
    assert.ok(await words(page));
  }
});

inPage("the address holds 250 rows, and the page says where it does not hold them", async (page, open) => {
  await open("");
  await paste(page, rows(250));
  assert.match(await fragment(page), /&own=x,y;0,0;1,37;/);
  assert.doesNotMatch((await page.textContent("#own-note")) ?? "", /does not hold/);
  await paste(page, rows(251));
  assert.equal(await fragment(page), "view=line&data=own");
  assert.match((await page.textContent("#own-note")) ?? "", /The address does not hold these columns: it has room for 250 rows\.$/);
  await says(page, /The points are 200 of 251 rows, at equal steps\.$/);
  await page.click("#to-penalty");
  await says(page, /^On 251 rows of y/);
  await page.click("#to-line");
  await says(page, /200 of 251 rows/);
});

inPage("a page with columns in it opens at its scene, and goes back there", async (page, open) => {
  const X = Array.from({ length: 300 }, (_, i) => [i, (i * 37) % 101]);
  const own = { names: ["</script><script>alert(1)</script>", "b"], X, target: "<!--<script>", y: X.map(([a, b]) => 2 * a - b + ((a * 17) % 13)), note: "From a table." };
  const file = pageWith(own, "view=plane&noise_sd=0.4&data=own");
  await open("", file);
  const first = await words(page);
  assert.match(first, /coefficient of <\/script><script>alert\(1\)<\/script> and b₂ that of b, .* on 300 rows/);
  assert.match((await page.textContent("#own-note")) ?? "", /From a table\./);
  await page.locator("#field-noise_sd").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((before) => document.getElementById("summary")?.textContent !== before, first);
  await page.click("#reset");
  await page.waitForFunction((before) => document.getElementById("summary")?.textContent === before, first);
  await page.click("input[value=diabetes]");
  await says(page, /α = 7\.29\. .*bmi/);
  await page.click("input[value=own]");
  await says(page, /on 300 rows/);
  await open("view=line", file);
  await says(page, /through 10 points/);
});

inPage("the plane shows diabetes, with no slider of a correlation, and first rows", async (page, open) => {
  await open("view=plane");
  assert.ok(await page.isVisible("#field-correlation"));
  await page.click("input[value=diabetes_bp]");
  await says(page, /α = 7\.29\. .*coefficient of bmi and b₂ that of bp, in units of progression .* on 442 rows/);
  assert.ok(await page.isHidden("#field-correlation"));
  await page.locator("#field-rows").focus();
  await page.keyboard.press("Home");
  await says(page, /on 3 rows/);
  await page.click("input[value=toy]");
  await says(page, /^With σ = 1 and τ = 0\.5 the penalty is α = 4\./);
  assert.equal(await fragment(page), "view=plane");
});

inPage("the choice of data goes along to other views", async (page, open) => {
  await open("view=line&data=diabetes");
  await says(page, /200 points/);
  await page.click("#to-plane");
  await says(page, /coefficient of bmi and b₂ that of s5/);
  await page.click("input[value=toy]");
  await page.click("#to-penalty");
  await says(page, /of 10 degrees/);
  await page.click("input[value=toy]");
  await says(page, /^On 12 rows of y .* of 2 degrees/);
});

inPage("of collinear columns the plane has a posterior and no likelihood", async (page, open) => {
  await open("view=plane&data=own&own=a,b,y;1,2,3;2,4,1;3,6,7;4,8,5");
  await says(page, /The rows do not determine both coefficients: .* The posterior is normal with mean/);
  assert.equal(await page.locator(".contours.likelihood path").count(), 0);
});

for (const [width, colorScheme] of LOOKS) {
  inPage(`no violation of access with own columns at ${width} pixels, ${colorScheme}`, async (page, open) => {
    for (const view of ["line", "plane", "penalty"]) {
      await open(`view=${view}`);
      await paste(page, TEXT);
      await paste(page, "a,b,y\n1,2,3\n4,five,6\n");
      await words(page);
      await page.addScriptTag({ path: AXE });
      const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
      assert.deepEqual(violations.map((/** @type {any} */ each) => `${each.id}: ${each.nodes[0].html}`), [], view);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/own-${view}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }, { viewport: { width, height: 844 }, colorScheme, reducedMotion: "reduce" });
}
