// Columns under names that nobody knows: told, remembered, recognised next month, corrected and forgotten; with a
// script and without one.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium npm test
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

// A ledger of a house of its own words.
const ledger = (month, titles = "") =>
  `${titles}台账（截至2019年${month}月28日）\n乡镇,村,借钱的人,他的证号,从哪家借的,条子号,借了多少（元）,哪天借的,哪天该还,还了多少\n` +
  `白石渡镇,白石渡村,张三,431099198001010032,农商银行某支行,LK1,50000,2018-05-01,2020-05-20,${month}000\n`;

const told = { borrower: "借钱的人", identity: "他的证号", bank: "从哪家借的", number: "条子号", principal: "借了多少（元）", "disbursed-on": "哪天借的", "due-on": "哪天该还", repaid: "还了多少" };

async function send(page, name, text) {
  await page.goto(`${base}/import`);
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.setInputFiles('input[name="file"]', { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+(\/columns)?$/, { timeout: 60_000 });
}

for (const javaScriptEnabled of [true, false]) {
  test(`columns are told once and recognised next month, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled });
    const page = await context.newPage();
    await send(page, "april.csv", ledger(4));
    assert.match(page.url(), /\/columns$/);
    assert.match(await page.locator("tr.lacks").first().innerText(), /还缺/);
    // Not all is told: what was chosen stays chosen.
    await page.selectOption("#t0-number", { index: 6 });
    await page.click('button[value="use"]');
    assert.match(await page.locator("[role=alert]").innerText(), /还没有指明/);
    assert.match(await page.locator("#t0-number option:checked").innerText(), /条子号/);
    for (const [field, text] of Object.entries(told)) {
      const option = page.locator(`#t0-${field} option`, { hasText: text });
      await page.selectOption(`#t0-${field}`, await option.first().getAttribute("value"));
    }
    assert.doesNotMatch(await page.locator("#t0-identity").innerText(), /431099198001010032/, "samples are masked");
    await page.fill('input[name="name"]', "白石渡自己的台账");
    await page.screenshot({ path: join(pictures, "columns.png"), fullPage: true });
    await page.click('button[value="use"]');
    await page.waitForURL(/\/import\/\d+$/);
    assert.match(await page.locator("main").innerText(), /版式：白石渡自己的台账/);
    await send(page, "may.csv", ledger(5, "县金融办\n"));
    assert.match(page.url(), /\/import\/\d+$/, "the step is passed by");
    assert.match(await page.locator("main").innerText(), /版式：白石渡自己的台账/);
    await page.goto(`${base}/layouts`);
    await page.fill('input[name="name"]', "改了名的版式");
    await page.locator("form.settle button").first().click();
    await page.getByText("版式已保存").waitFor();
    await page.click('a[href^="/layouts/"]');
    await page.selectOption("#t0-note", { label: "还了多少" });
    await page.locator("main button.main").click();
    assert.match(await page.locator("[role=alert]").innerText(), /选了两次/);
    await page.goto(`${base}/layouts`);
    await page.click('button[formaction$="/forget"]');
    await page.getByText("还没有记住任何版式").waitFor();
    await context.close();
  });
}

test("columns and layouts fit a phone in both languages, and every template comes down", async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  await send(page, "april.csv", ledger(4));
  await page.selectOption("#t0-number", { index: 6 });
  const columns = page.url();
  for (const lang of ["zh", "en"]) {
    await context.addCookies([{ name: "lang", value: lang, url: base }]);
    for (const path of [columns, `${base}/layouts`]) {
      await page.goto(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${lang} ${path} is ${wide} wide`);
      await page.screenshot({ path: join(pictures, `columns-phone-${lang}.png`), fullPage: true });
    }
  }
  await page.goto(`${base}/import`);
  const links = await page.locator('a[href^="/templates/"]').evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.equal(links.length, 5);
  for (const link of links) {
    const answer = await context.request.get(base + link);
    assert.equal(answer.status(), 200, link);
    assert.equal((await answer.body()).subarray(0, 2).toString(), "PK");
  }
  await context.close();
});
