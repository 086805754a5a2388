/**
 * The built page in a browser: sliders, points, keyboard, address, phone, access, speed.
 *
 * Run `node --test explorer/test/page.mjs`. SCREENSHOTS names
 * a folder for pictures of each view.
 */
import assert from "node:assert/strict";

import { AXE, fragment, inPage, words } from "./in_page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const VIEWS = ["line", "plane", "penalty"];
const DIABETES = "view=line&data=diabetes&noise_sd=60&prior_sd=10";
const SCHEMES = /** @type {const} */ (["light", "dark"]);
const [MOST_MS, ROUNDS] = [process.env.BUSY ? 100 : 16, 3]; // other work on the machine adds to a frame

/** @param {Page} page */
const drawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
/** @param {Page} page @param {number} place */
const centre = async (page, place) => {
  await drawn(page);
  const box = await page.locator("circle[role=slider]").nth(place).boundingBox();
  if (!box) throw new Error(`point ${place} is not shown`);
  return [box.x + box.width / 2, box.y + box.height / 2];
};

inPage("the line is the ridge solution of the points in the address", async (page, open) => {
  const points = [[1, 2], [2, 2.5], [4, 5], [7, 4]];
  await open(`view=line&points=${points.map((pair) => pair.join(",")).join(";")}&noise_sd=2&prior_sd=0.5`);
  const [x, y] = [0, 1].map((k) => points.reduce((all, pair) => all + pair[k], 0) / points.length);
  const xx = points.reduce((all, pair) => all + (pair[0] - x) ** 2, 0);
  const xy = points.reduce((all, pair) => all + (pair[0] - x) * (pair[1] - y), 0);
  const slope = xy / (xx + 2 ** 2 / 0.5 ** 2);
  const sd = Math.sqrt(1 / (xx / 2 ** 2 + 1 / 0.5 ** 2));
  const text = await words(page);
  assert.ok(text.includes(`+ ${Number(slope.toPrecision(3))} x through 4 points`), text);
  assert.ok(text.includes(`mean ${Number(slope.toPrecision(3))} and sd ${Number(sd.toPrecision(3))}.`), text);
});

inPage("a slider moves by the keyboard and the address follows", async (page, open) => {
  for (const view of VIEWS) {
    await open(`view=${view}`);
    const sliders = await page.locator("input[type=range]").count();
    for (let i = 0; i < sliders; i++) {
      const slider = page.locator("input[type=range]").nth(i);
      const [before_text, before_words] = [await slider.getAttribute("aria-valuetext"), await words(page)];
      await slider.focus();
      // downwards: a prior sd that is larger still moves no digit that is shown
      for (let k = 0; k < 15; k++) await page.keyboard.press("ArrowLeft");
      assert.notEqual(await words(page), before_words, `${view}: slider ${i} changes the words`);
      assert.notEqual(await slider.getAttribute("aria-valuetext"), before_text);
      assert.match(await fragment(page), new RegExp(`^view=${view}&.*=`));
    }
  }
});

inPage("a scene comes back from its address", async (page, open) => {
  for (const address of [
    "view=line&loss=absolute&noise_sd=0.3&points=1,2;2,2.5;4,5;7.5,4",
    "view=plane&prior_sd=0.123&rows=40&correlation=-0.9",
    "view=penalty&alpha=33.3&rows=100",
  ]) {
    await open(address);
    const [seen, drawing] = [await words(page), await page.innerHTML("svg")];
    const slider = page.locator("input[type=range]").first();
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    const moved = await fragment(page);
    await open(moved);
    assert.equal(await fragment(page), moved);
    await open(address);
    assert.equal(await words(page), seen);
    assert.equal(await page.innerHTML("svg"), drawing);
  }
});

inPage("nonsense in the address opens the default scene and says so", async (page, open) => {
  await open("");
  const usual = await words(page);
  for (const [address, said] of [
    ["view=cube", "view must be line, plane, penalty, conventions, sampling, got cube"],
    ["view=line&noise_sd=-1", "noise_sd must be a number from 0.1 to 100, got -1"],
    ["view=line&noise_sd=", "noise_sd must be a number"],
    ["view=plane&rows=3.5", "rows must be a whole number from 3 to 200, got 3.5"],
    ["view=line&loss=cubic", "loss must be squared or huber or absolute or cross-entropy, got cubic"],
    ["view=line&points=1,2;3", "points must be pairs"],
    ["view=line&points=1,2", "points must be 2 to 250 points, got 1"],
    ["view=line&wings=2", "the view line has no wings"],
    ["view=line&loss=huber&loss=squared", "loss is there twice"],
    ["view=%E0%A4%A", "the address is not encoded as it should be"],
    ["view=line&toString=1", "the view line has no toString"],
    ["view=<img src=x onerror=alert(1)>", "view must be line"],
  ]) {
    await open(address);
    assert.equal(await words(page), usual);
    assert.ok((await page.textContent("#complaint"))?.includes(said), `${address}: ${await page.textContent("#complaint")}`);
  }
  await page.click("#reset");
  assert.ok(await page.isHidden("#complaint"));
});

inPage("a point is dragged by the mouse", async (page, open) => {
  await open("");
  const [x, y] = await centre(page, 8);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y + 150, { steps: 5 });
  await page.mouse.up();
  const [at_x, at_y] = await centre(page, 8);
  assert.ok(Math.hypot(at_x - x - 30, at_y - y - 150) < 1.5, `${at_x - x}, ${at_y - y}`);
  assert.match(await words(page), /Point 9 has the largest residual/);
  await page.mouse.move(x, y);
  assert.ok(Math.abs((await centre(page, 8))[0] - at_x) < 0.1, "it stays where it was let go");
  assert.match(await fragment(page), /points=/);
});

inPage("a point is dragged by a finger, and the page does not scroll", async (page, open) => {
  await open("");
  await page.locator("circle[role=slider]").nth(4).scrollIntoViewIfNeeded();
  const [x, y] = await centre(page, 4);
  const client = await page.context().newCDPSession(page);
  const scroll = await page.evaluate(() => scrollY);
  const touch = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {{x: number, y: number}[]} */ touchPoints) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [{ x, y }]);
  for (let i = 1; i <= 5; i++) await touch("touchMove", [{ x, y: y - 10 * i }]);
  await touch("touchEnd", []);
  await drawn(page);
  const [, at_y] = await centre(page, 4);
  assert.ok(Math.abs(at_y - y + 50) < 2, `moved by ${at_y - y}`);
  assert.equal(await page.evaluate(() => scrollY), scroll);
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

inPage("points are moved, chosen, added and taken away by the keyboard", async (page, open) => {
  await open("");
  const active = async () => {
    await drawn(page);
    return page.evaluate(() => [document.activeElement?.getAttribute("aria-label"), document.activeElement?.getAttribute("aria-valuetext")]);
  };
  await page.locator("#outlier").focus();
  await page.keyboard.press("Enter");
  await drawn(page);
  await page.keyboard.press("Tab");
  assert.deepEqual(await active(), ["Point 1 of 11", "x 0.8, y 1.9"]);
  await page.keyboard.press("PageDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  assert.deepEqual(await active(), ["Point 2 of 11", "x 1.6, y 3.2"]);
  await page.keyboard.press("End");
  assert.deepEqual(await active(), ["Point 11 of 11", "x 8.8, y 0.7"]);
  await page.keyboard.press("Delete");
  assert.deepEqual(await active(), ["Point 10 of 10", "x 9.1, y 6.4"]);
  await page.keyboard.press("Tab");
  assert.notEqual((await active())[0], "Point 1 of 10", "the points are one stop of Tab");
});

inPage("an outlier moves the line of squared loss most", async (page, open) => {
  /** @type {Record<string, number>} */
  const slopes = {};
  for (const loss of ["squared", "huber", "absolute"]) {
    await open(`view=line&loss=${loss}`);
    await page.click("#outlier");
    slopes[loss] = Number(/([\d.]+) x through 11/.exec(await words(page))?.[1]);
  }
  assert.ok(slopes.squared < 0.4 && slopes.huber > 0.45 && slopes.absolute > 0.45, JSON.stringify(slopes));
});

inPage("a strong L1 penalty gives exact zeros, and L2 gives none", async (page, open) => {
  await open("view=plane&prior_sd=0.1");
  assert.match(await words(page), /b₂ is exactly 0\./);
  assert.match(await words(page), /posterior is normal with mean \(0\.\d+, 0\.\d+\)/);
});

inPage("the marker of the penalty is dragged", async (page, open) => {
  await open("view=penalty");
  const box = await page.locator("svg").nth(1).boundingBox();
  if (!box) throw new Error("no plot is shown");
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 14, box.y + 40, { steps: 3 });
  await page.mouse.up();
  assert.match(await fragment(page), /alpha=100000/);
});

for (const width of [1366, 390]) {
  for (const colorScheme of SCHEMES) {
    inPage(`no violation of access at ${width} pixels, ${colorScheme}, and no scroll to the side`, async (page, open) => {
      for (const address of [...VIEWS.map((view) => `view=${view}`), DIABETES, "view=line&noise_sd=abc", "view=line&loss=huber"]) {
        await open(address);
        await page.addScriptTag({ path: AXE });
        const { violations, passes } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
        const found = violations.map((/** @type {any} */ each) => `${each.id}: ${each.nodes[0].html}`);
        assert.deepEqual(found, [], address);
        assert.ok(passes.some((/** @type {any} */ each) => each.id === "color-contrast"));
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
        if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${address.replace(/\W/g, "_")}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }, { viewport: { width, height: 844 }, colorScheme, reducedMotion: "reduce" });
  }
}

for (const loss of ["squared", "huber", "absolute", "cross-entropy"]) {
  inPage(`a drag among 200 points redraws within ${MOST_MS} ms, ${loss} loss`, async (page, open) => {
    await open(`${DIABETES}&loss=${loss}`);
    const [x, y] = await centre(page, 199);
    await page.mouse.move(x, y);
    await page.mouse.down();
    const medians = [];
    // other work on the machine can only add to a time
    for (let round = 0; round < ROUNDS && !(Math.min(...medians) <= MOST_MS); round++) {
      const times = await page.evaluate(drag, [x, y]);
      medians.push(times.sort((a, b) => a - b)[times.length >> 1]);
    }
    assert.ok(Math.hypot(...(await centre(page, 199)).map((at, k) => at - [x, y][k])) > 20, "the point has moved");
    console.log(`${loss}: median frame ${medians.map((each) => each.toFixed(1)).join(", ")} ms`);
    assert.ok(Math.min(...medians) <= MOST_MS, `${medians} ms`);
  });
}

/**
 * Drag by events, and return the time of each frame with its layout and paint.
 * @param {number[]} start
 * @returns {Promise<number[]>}
 */
async function drag([x, y]) {
  const handle = document.querySelectorAll("circle[role=slider]")[199];
  const times = [];
  for (let i = 0; i < 60; i++) {
    times.push(
      await new Promise((resolve, reject) => {
        let began = 0;
        const place = handle.getAttribute("cx");
        requestAnimationFrame(() => (began = performance.now()));
        const [clientX, clientY] = [x + (i % 2 ? -1 : 1) * (20 + i), y - 60 + 60 * Math.cos(i / 5)];
        handle.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            if (handle.getAttribute("cx") === place) reject(new Error("the point has not moved"));
            resolve(performance.now() - began);
          };
          port2.postMessage(0);
        });
      }),
    );
  }
  return times;
}
