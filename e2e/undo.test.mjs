// An import is taken back: asked first, refused while something was built on it, kept in the history; with a script and
// without one.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium npm test
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

const ledger = (number) =>
  "台账（截至2019年5月28日）\n乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）\n" +
  `白石渡镇,白石渡村,张三,431099198001010032,农商银行某支行,${number},50000,2018-05-01,2020-05-20,1000\n`;
const bank = (number) =>
  "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n" +
  `农商银行某支行,张三,${number},2019-06-03,还本,2000,47000,${number}S\n`;

async function taken(page, kind, text) {
  await page.goto(`${base}/import`);
  await page.check(`input[name="kind"][value="${kind}"]`, { force: true });
  await page.setInputFiles('input[name="file"]', { name: `${kind}.csv`, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+$/, { timeout: 60_000 });
  await page.click('form[action$="/take"] button');
  await page.waitForSelector('a[href$="/undo"]', { timeout: 60_000 });
  return page.url();
}

async function look(page, name) {
  for (const lang of ["zh", "en"]) {
    await page.context().addCookies([{ name: "lang", value: lang, url: base }]);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await page.reload();
      await page.screenshot({ path: join(pictures, `${name}-${lang}-${width}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} ${lang} ${width}: a sideways scroll of ${wide}`);
    }
  }
  await page.context().addCookies([{ name: "lang", value: "zh", url: base }]);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.reload();
}

for (const javaScriptEnabled of [true, false]) {
  test(`an import is taken back, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const seeing = await context.newPage();
    const acting = javaScriptEnabled ? seeing : await (await browser.newContext({ javaScriptEnabled })).newPage();
    const number = javaScriptEnabled ? "UN1" : "UN2";
    const first = await taken(acting, "ledger", ledger(number));
    const second = await taken(acting, "repayments", bank(number));
    // The bank's movement was built on the ledger.
    await acting.goto(first);
    await acting.click('a[href$="/undo"]');
    assert.match(await acting.locator("[role=alert]").innerText(), /现在不能撤回/);
    assert.equal(await acting.locator("ul.columns a", { hasText: number }).count(), 1);
    assert.equal(await acting.locator('form[action$="/undo"]').count(), 0);
    await seeing.goto(`${first}/undo`);
    await look(seeing, "undo-built-on");
    await acting.goto(`${second}/undo`);
    assert.match(await acting.locator("main").innerText(), /1 笔贷款恢复到导入以前的样子/);
    await seeing.goto(`${second}/undo`);
    await look(seeing, "undo");
    await acting.click('form[action$="/undo"] button');
    await acting.waitForURL(second);
    await acting.waitForSelector(".note.warn");
    assert.match(await acting.locator(".note.warn").innerText(), /已撤回/);
    await seeing.goto(second);
    await look(seeing, "undone");
    await acting.goto(`${first}/undo`);
    assert.match(await acting.locator("main").innerText(), /1 笔贷款不再出现在看板/);
    await acting.click('form[action$="/undo"] button');
    await acting.waitForURL(first);
    await acting.waitForSelector(".note.warn");
    await acting.goto(`${base}/imports`);
    const row = acting.locator("table.imports tr").nth(2);
    assert.match(await row.innerText(), /已撤回[\s\S]*罗敏（centre）/);
    assert.match(await row.locator("small[title]").getAttribute("title"), /^SHA-256 [0-9a-f]{64}$/);
    assert.match(await row.locator("small[title]").innerText(), /^[0-9a-f]{12}$/);
    await seeing.goto(`${base}/imports`);
    await look(seeing, "imports");
    await context.close();
  });
}

test("a file that cannot be read stays in the history with the reason", async () => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(`${base}/import`);
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.setInputFiles('input[name="file"]', { name: "通知.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") });
  await page.click("button.btn.main");
  for (let tries = 0; tries < 40 && !/\/import\/\d+$/.test(page.url()); tries += 1) {
    await page.waitForTimeout(250);
    await page.reload();
  }
  assert.match(page.url(), /\/import\/\d+$/);
  const why = await page.locator("[role=alert] p").first().innerText();
  await page.goto(`${base}/imports`);
  await page.locator("table.imports a", { hasText: "通知.pdf" }).click();
  assert.equal(await page.locator("[role=alert] p").first().innerText(), why);
});
