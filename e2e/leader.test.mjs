// A leader begins with one sheet: what is red today, where, whose; each number opens its list, from the board to a loan.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base } from "./demo.mjs";
import { as, look, visitor } from "./visitors.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function lets_everybody_in(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.filter(({ impact }) => /serious|critical/.test(impact));
  assert.deepEqual(told.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], page.url());
}

const number = (text) => Number(text.replace(/[^0-9]/g, ""));

for (const javaScriptEnabled of [true, false]) {
  test(`from the sheet to the board, a list and a loan, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const { context, page } = await visitor({ javaScriptEnabled });
    await as(page, "leader");
    assert.match(await page.locator("h1").innerText(), /今日要情/);
    const tile = page.locator(".glance li").nth(2).locator("a");
    const red = number(await tile.locator("b").innerText());
    await tile.click();
    await page.waitForURL(/\/loans\?.*state=red/);
    const listed = page.locator(".states [aria-current] b").first();
    assert.equal(number(await listed.innerText()), red, "each number opens the list that it counts");
    await page.goto(`${base}/`);
    await page.click('main a[href="/board"]');
    await page.locator(".matrix tbody a").first().click();
    await page.waitForURL(/\/(loans|board)\?/);
    await page.goto(`${base}/loans?state=red`);
    await page.locator(".loans tbody a").first().click();
    await page.waitForURL(/\/loans\/\d+/);
    await page.locator("#handling").waitFor();
    await context.close();
  });
}

test("the sheet is one page of paper and keeps nobody out", async () => {
  const { context, page } = await visitor();
  await as(page, "leader");
  await lets_everybody_in(page);
  const paper = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
  const sheets = (paper.match(/\/Type\s*\/Page[^s]/g) ?? []).length;
  assert.equal(sheets, 1, "one sheet");
  await look(page, "overview");
  await context.close();
});

test("the figures of the work open the lists that they count", async () => {
  const { context, page } = await visitor();
  await as(page, "leader");
  await page.click('main a[href="/outcomes"]');
  await page.goto(`${base}/outcomes?from=2019-04-01&to=2019-06-17`);
  await lets_everybody_in(page);
  const links = page.locator(".funnel td a, .loads tbody td a");
  const all = await links.evaluateAll((links) => links.map((link) => [link.getAttribute("href"), link.textContent]));
  assert.ok(all.length > 5, `${all.length} numbers`);
  for (const [href, text] of all.filter(([href]) => href.startsWith("/outcomes/loans")).slice(0, 6)) {
    await page.goto(`${base}${href}`);
    const count = Number(text.replace(/[^0-9]/g, ""));
    const rows = await page.locator("tbody tr").count();
    assert.equal(rows, Math.min(count, 50), href);
  }
  await lets_everybody_in(page);
  await look(page, "outcome-loans");
  for (const [path, name] of [["/outcomes?from=2019-04-01&to=2019-06-17", "outcomes"], ["/ways-out", "ways-out"], ["/admin/what-if?pack=yizhang-2019&red=10&yellow=40&blue=75&green=120", "what-if"], ["/admin/packs/yizhang-2019", "pack"]]) {
    await page.goto(`${base}${path}`);
    await page.waitForFunction(() => !document.querySelector("progress"));
    await lets_everybody_in(page);
    await look(page, name);
  }
  await context.close();
});

test("who keeps the book sees loans that nobody looks after, what a pack says of each level, and who saw a household", async () => {
  const { context, page } = await visitor();
  await as(page, "centre");
  for (const [path, name] of [["/unmanaged", "unmanaged"], ["/admin/packs/yizhang-2019/edit", "pack-edit"]]) {
    await page.goto(`${base}${path}`);
    await lets_everybody_in(page);
    await look(page, name);
  }
  await page.goto(`${base}/loans`);
  await page.locator(".loans tbody a").first().click();
  await page.locator('a[href^="/households/"]').first().click();
  await page.waitForURL(/\/households\/\d+/);
  await page.locator('a[href$="/trail"]').click();
  await page.waitForURL(/\/trail$/);
  await lets_everybody_in(page);
  await look(page, "trail");
  await context.close();
});
