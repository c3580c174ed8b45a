// Every page that a link leads to, found by following the links of everybody who works here: nothing in it keeps anyone
// out (axe), it weighs little, it stays within its width, and its picture is kept in both languages.
//
//   AXE=all npm test      also tells what axe holds for minor or moderate
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const people = ["centre", "township", "station", "bank", "manager", "supervisor", "leader", "admin"];
// What a first visit and a further page may weigh on the way, compressed, in bytes.
const [FIRST, FURTHER] = [250_000, 30_000];

// A page by what it shows, not by whose: numbers and values of its address left out.
function kind(href) {
  const url = new URL(href);
  const words = [...url.searchParams.keys()].sort().filter((word) => !["day", "sort", "after", "before", "page"].includes(word));
  return url.pathname.replace(/\d+/g, "n") + (words.length > 0 ? `?${words.join("&")}` : "");
}

const isPage = (href) => href.startsWith(base) && !/export|\.(xlsx|csv|json|docx)|\/static\/|\/templates\//.test(href);

async function as(login) {
  const context = await browser.newContext({ storageState: undefined, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  if (login) {
    await page.click(`form:has(input[name=login][value=${login}]) button`);
    await page.waitForURL((url) => url.pathname !== "/sign-in");
  }
  return { context, page };
}

async function examine(page, name) {
  for (const lang of ["zh", "en"]) {
    await page.context().addCookies([{ name: "lang", value: lang, url: base }]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(page.url());
    await page.screenshot({ path: join(pictures, `page-${name}-${lang}.png`), fullPage: true });
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const told = found.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
    if (process.env.AXE) told.forEach((one) => console.log(`${page.url()} ${lang}: ${one}`));
    const serious = told.filter((one) => /^(serious|critical)/.test(one));
    assert.deepEqual(serious, [], `${page.url()} in ${lang}`);
    await page.setViewportSize({ width: 360, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${page.url()} in ${lang} is ${wide} wide on a phone`);
  }
  await page.context().addCookies([{ name: "lang", value: "zh", url: base }]);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("every page to which a link leads lets everybody in, weighs little and keeps within its width", async () => {
  const seen = new Set();
  for (const login of [null, ...people]) {
    const { context, page } = await as(login);
    const link = await context.newCDPSession(page);
    await link.send("Network.enable");
    let bytes = 0;
    link.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    const waiting = [login ? `${base}/` : `${base}/sign-in`, ...(login ? [`${base}/me`] : [])];
    while (waiting.length > 0) {
      const href = waiting.shift();
      if (seen.has(kind(href)) && href !== `${base}/`) continue;
      const fresh = !seen.has(kind(href));
      seen.add(kind(href));
      bytes = 0;
      const answer = await page.goto(href);
      assert.equal(answer.status(), 200, `${login} follows a link to ${href}`);
      await page.waitForLoadState("networkidle");
      assert.ok(bytes <= FURTHER, `${href} weighs ${bytes} bytes`);
      for (const found of await page.$$eval("a[href]", (links) => links.map((one) => new URL(one.getAttribute("href"), document.baseURI).href.split("#")[0]))) {
        if (isPage(found) && !seen.has(kind(found)) && !waiting.some((one) => kind(one) === kind(found))) waiting.push(found);
      }
      if (fresh) await examine(page, kind(href).replace(/[^a-z]+/gi, "-").replace(/^-|-$/g, "") || "home");
    }
    await context.close();
  }
  for (const known of ["/", "/board", "/loans", "/loans/n", "/households/n", "/officers", "/officers/n", "/branches/n", "/divisions", "/differences", "/import", "/imports", "/me", "/accounts", "/accounts/n", "/sign-in"]) {
    assert.ok(seen.has(known), `${known} was not reached: ${[...seen].join(" ")}`);
  }
});

test("a first visit weighs little", async () => {
  const context = await browser.newContext({ storageState: undefined });
  const page = await context.newPage();
  const link = await context.newCDPSession(page);
  await link.send("Network.enable");
  let bytes = 0;
  link.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`${base}/sign-in`);
  await page.click("form:has(input[name=login][value=centre]) button");
  await page.waitForLoadState("networkidle");
  await page.goto(`${base}/loans`);
  await page.waitForLoadState("networkidle");
  assert.ok(bytes > 10_000 && bytes <= FIRST, `${bytes} bytes`);
  await context.close();
});
