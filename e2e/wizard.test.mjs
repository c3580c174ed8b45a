// A file with a misspelt village, a wrong identity number and a bad day is mended in the page and taken over, with a
// script and without one; work that takes a while is seen to go on, and can be left and come back to.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium npm test
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

const header = "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）\n";
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

// A number of an unassigned place that ends …99 in its first six digits, with its check digit.
function identity(index) {
  const body = `43109919800101${String(index).padStart(3, "0")}`;
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + "10X98765432"[sum % 11];
}

const row = (index, { village = "白石渡村", who = identity(index), day = "2018-05-01", series = "W" } = {}) =>
  `白石渡镇,${village},农户${index},${who},农商银行某支行,${series}${index},50000,${day},2020-05-20,0\n`;

const ledger = (rows) => `台账（截至2019年4月30日）\n${header}${rows.join("")}`;

async function send(page, name, text) {
  await page.goto(`${base}/import`);
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.setInputFiles('input[name="file"]', { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.click("button.btn.main");
}

const main = (page) => page.locator("main").innerText();

for (const javaScriptEnabled of [true, false]) {
  test(`a village, a number and a day are mended in the page, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const series = javaScriptEnabled ? "JS" : "NO";
    const wrong = identity(4).slice(0, 17) + (identity(4).endsWith("1") ? "2" : "1");
    const rows = [1, 2, 3].map((index) => row(index, { village: "白石度村", series }));
    rows.push(row(4, { who: wrong, series }), row(5, { day: "2018年2月30日", series }), row(6, { series }));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await send(page, "mend.csv", ledger(rows));
    await page.waitForURL(/\/import\/\d+$/, { timeout: 60_000 });
    assert.match(await main(page), /5 行有误，1 行可以导入/);
    const opened = page.url();
    // What is too long is refused, and stays in its field.
    const day = page.locator('input[aria-label*="放款日期"]');
    await day.fill("2018-02-28".repeat(30));
    await page.locator(".mend-send button").click();
    assert.match(await page.locator("[role=alert]").innerText(), /太长/);
    assert.equal(await day.inputValue(), "2018-02-28".repeat(30));
    // The nearest name mends three rows at once; what else was typed goes with it.
    await day.fill("2018-02-28");
    await page.screenshot({ path: join(pictures, "mend.png"), fullPage: true });
    await page.locator("button.pick", { hasText: /^白石渡村$/ }).first().click();
    await page.getByText("已改正，并已重新核对").waitFor();
    assert.match(await main(page), /1 行有误，5 行可以导入/);
    // The number's field begins empty, and a wrong one that was typed stays.
    const number = page.locator('input[aria-label*="身份证号码"]').first();
    assert.equal(await number.inputValue(), "");
    await number.fill("431099");
    await number.press("Enter");
    await page.getByText("已改正，并已重新核对").waitFor();
    assert.equal(await page.locator('input[aria-label*="身份证号码"]').first().inputValue(), "431099");
    assert.doesNotMatch(await page.locator("#mended").innerText(), new RegExp(wrong), "what it was is masked");
    await page.locator('input[aria-label*="身份证号码"]').first().fill(identity(4));
    await page.locator(".mend-send button").click();
    await page.getByText("全部 6 行无误").waitFor();
    // One of the mended cells is taken back, and mended again.
    await page.locator("#mended tr", { hasText: "放款日期" }).locator("button").click();
    await page.getByText("1 行有误，5 行可以导入").waitFor();
    await page.locator('input[aria-label*="放款日期"]').fill("2018/2/28");
    await page.locator(".mend-send button").click();
    await page.getByText("全部 6 行无误").waitFor();
    assert.equal(page.url(), opened);
    await page.screenshot({ path: join(pictures, "mended.png"), fullPage: true });
    await page.locator('form[action$="/take"] button').click();
    await page.getByText("已导入").first().waitFor({ timeout: 60_000 });
    assert.match(await main(page), /改正.{0,3}5/);
    await page.getByText("新增的贷款 6 笔").click();
    await page.waitForURL(/show=new/);
    assert.equal(await page.locator('main .columns a[href^="/loans/"]').count(), 6);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("faults are narrowed by kind, column and text, in a link that can be sent, and in pages", async () => {
  const rows = [];
  for (let index = 1; index <= 250; index++) rows.push(row(index % 900, { day: `那天${index}`, series: "P" }));
  rows.push(row(901 % 900, { village: "白石度村", series: "Q" }));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await send(page, "many.csv", ledger(rows));
  await page.waitForURL(/\/import\/\d+$/, { timeout: 60_000 });
  const whole = page.url();
  await page.locator("#errors .more a").first().click();
  await page.waitForURL(/kind=date-unreadable/);
  assert.match(await main(page), /第 1 页，共 3 页/);
  assert.equal(await page.locator("#errors tbody tr").count(), 100);
  await page.locator("a[rel=next]").click();
  await page.waitForURL(/page=2/);
  await page.fill('#check input[name="q"]', "那天77");
  await page.locator("form#check button").click();
  await page.waitForURL(/q=/);
  assert.equal(await page.locator("#errors tbody tr").count(), 1);
  const sent = page.url();
  await page.goto(whole);
  await page.goto(sent);
  assert.match(await page.locator("#errors").innerText(), /那天77/);
  await page.fill('#check input[name="q"]', "11010519491231002X");
  await page.locator("form#check button").click();
  await page.waitForLoadState();
  assert.doesNotMatch(page.url(), /11010519491231002X/);
  await page.goto(whole);
  await page.selectOption('#check select[name="kind"]', "village-unknown");
  await page.locator("form#check button").click();
  await page.waitForURL(/kind=village-unknown/);
  assert.equal(await page.locator("#errors tbody tr").count(), 1);
  for (const lang of ["zh", "en"]) {
    await context.addCookies([{ name: "lang", value: lang, url: base }]);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(whole);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${lang} ${width} is ${wide} wide`);
      await page.screenshot({ path: join(pictures, `check-${lang}-${width}.png`) });
    }
  }
  await context.close();
});

test("a file is dropped on its field", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${base}/import`);
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.evaluate((text) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
    const drop = (name) => document.querySelector(".drop b").dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carried }));
    drop("dragover");
    drop("drop");
  }, ledger([row(7, { series: "D" })]));
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+$/, { timeout: 60_000 });
  assert.match(await main(page), /dropped.csv/);
  await context.close();
});

test("work that takes a while is followed by events, and can be left and come back to", async () => {
  const rows = [];
  for (let index = 1; index <= 12_000; index++) rows.push(row(index, { who: identity(index % 900), series: "L" }));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await send(page, "long.csv", ledger(rows));
  await page.waitForURL(/\/import\/(reading\/)?\d+$/);
  const reading = page.url();
  assert.match(reading, /reading/, "a long file is not read at once");
  // The page is the same from the first to the last event: a mark set in it stays, and what it says moves.
  await page.evaluate(() => (document.body.dataset.mark = "here"));
  await page.waitForFunction(() => /已核对/.test(document.querySelector("[data-said]")?.textContent ?? ""));
  assert.equal(await page.evaluate(() => document.body.dataset.mark), "here", "no reload");
  // Left, and come back to.
  await page.goto(`${base}/`);
  await page.goto(reading);
  await page.waitForURL(/\/import\/\d+$/, { timeout: 240_000 });
  await page.locator('form[action$="/take"] button').click();
  await page.waitForSelector("[data-progress]");
  await page.evaluate(() => (document.body.dataset.mark = "here"));
  await page.waitForFunction(() => /已写入 [1-9]/.test(document.querySelector("[data-said]")?.textContent ?? ""), null, { timeout: 120_000 });
  assert.equal(await page.evaluate(() => document.body.dataset.mark), "here", "no reload");
  await page.screenshot({ path: join(pictures, "progress.png") });
  await page.getByText("看板已更新").waitFor({ timeout: 240_000 });
  await context.close();
});
