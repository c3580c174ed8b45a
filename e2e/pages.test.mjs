// Every page that a link leads to, found by following the links of everybody who works here: nothing in it keeps anyone
// out (axe), it weighs little, it stays within its width, and its picture is kept in both languages.
//
//   AXE=all npm test      also tells what axe holds for minor or moderate
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { as, kind, people, walk } from "./crawl.mjs";
import { base, browser, pictures } from "./demo.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// What a first visit and a further page may weigh on the way, compressed, in bytes.
const [FIRST, FURTHER] = [250_000, 30_000];

async function weighed(context, page) {
  const link = await context.newCDPSession(page);
  await link.send("Network.enable");
  const scale = { bytes: 0 };
  link.on("Network.loadingFinished", ({ encodedDataLength }) => (scale.bytes += encodedDataLength));
  return scale;
}

async function serious(page, options) {
  await page.evaluate(axe);
  const run = (options) => window.axe.run(document, { resultTypes: ["violations"], ...options });
  const { violations } = await page.evaluate(run, options);
  const told = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  if (process.env.AXE) told.forEach((one) => console.log(`${page.url()}: ${one}`));
  return told.filter((one) => /^(serious|critical)/.test(one));
}

async function examine(page, name) {
  const cookie = (name, value) => page.context().addCookies([{ name, value, url: base }]);
  for (const lang of ["zh", "en"]) {
    await cookie("lang", lang);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(page.url());
    await page.screenshot({ path: join(pictures, `page-${name}-${lang}.png`), fullPage: true });
    assert.deepEqual(await serious(page, {}), [], `${page.url()} in ${lang}`);
    await page.setViewportSize({ width: 360, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${page.url()} in ${lang} is ${wide} wide on a phone`);
  }
  await cookie("lang", "zh");
  await cookie("look", "dark");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(page.url());
  assert.deepEqual(await serious(page, { runOnly: ["color-contrast"] }), [], `${page.url()} dark`);
  await cookie("look", "machine");
}

test("every page to which a link leads lets everybody in, weighs little and keeps within its width", async () => {
  const seen = new Set();
  for (const login of [null, ...people]) {
    const { context, page } = await as(login);
    const scale = await weighed(context, page);
    await walk(login, page, seen, {
      before: () => (scale.bytes = 0),
      look: async (href) => {
        assert.ok(scale.bytes <= FURTHER, `${href} weighs ${scale.bytes} bytes`);
        await examine(page, kind(href).replace(/[^a-z]+/gi, "-").replace(/^-|-$/g, "") || "home");
      },
    });
    await context.close();
  }
  for (const known of ["/", "/board", "/loans", "/loans/n", "/households/n", "/officers", "/officers/n", "/branches/n", "/divisions", "/differences", "/import", "/imports", "/me", "/accounts", "/accounts/n", "/sign-in"]) {
    assert.ok(seen.has(known), `${known} was not reached: ${[...seen].join(" ")}`);
  }
});

test("a first visit weighs little", async () => {
  const context = await browser.newContext({ storageState: undefined });
  const page = await context.newPage();
  const scale = await weighed(context, page);
  await page.goto(`${base}/sign-in`);
  await page.click("form:has(input[name=login][value=centre]) button");
  await page.waitForLoadState("networkidle");
  await page.goto(`${base}/loans`);
  await page.waitForLoadState("networkidle");
  assert.ok(scale.bytes > 10_000 && scale.bytes <= FIRST, `${scale.bytes} bytes`);
  await context.close();
});
