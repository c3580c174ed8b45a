// One's own work: what waits, lists under a name, who carries which loans, and several differences at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, browser } from "./demo.mjs";

async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(base + path);
  return { context, page };
}

const number = (text) => Number(/[\d,]+/.exec(text)[0].replaceAll(",", ""));

for (const javaScriptEnabled of [true, false]) {
  test(`a list is kept, opened from one's own work and deleted, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const name = `玉溪镇近期到期${javaScriptEnabled ? "甲" : "乙"}`;
    const { context, page } = await open("/loans?within=30", { javaScriptEnabled });
    const counted = number(await page.locator("#list-head .facts-line").innerText().then((text) => text.split("共")[1]));
    await page.click(".keep summary");
    await page.fill(".keep input[name=name]", name);
    await page.check(".keep input[name=shared]");
    await page.click(".keep form button");
    await page.getByText("列表已存下").waitFor();
    await page.goto(`${base}/`);
    const line = page.locator(".lines li").filter({ hasText: name });
    assert.equal(number(await line.locator("b").innerText()), counted, "as many as the list holds");
    await line.locator("a").click();
    assert.match(page.url(), /within=30/);
    assert.match(await page.locator(".chips").innerText(), /30 天内到期/);
    // Who sees less finds the shared list with what is theirs.
    const other = await browser.newContext({ storageState: undefined });
    const theirs = await other.newPage();
    await theirs.goto(`${base}/sign-in`);
    await theirs.click("form:has(input[name=login][value=township]) button");
    await theirs.waitForURL((url) => url.pathname === "/");
    const shared = theirs.locator(".lines li").filter({ hasText: name });
    assert.ok(number(await shared.locator("b").innerText()) < counted);
    assert.equal(await shared.locator("form").count(), 0, "only its owner deletes it");
    await other.close();
    await page.goto(`${base}/`);
    await line.locator("form button").click();
    await page.getByText("列表已删除").waitFor();
    assert.equal(await line.count(), 0);
    await context.close();
  });
}

test("from a loan to its household, its officers and its branch, whose figures are their lists", async () => {
  const { context, page } = await open("/loans?state=red");
  await page.locator(".loans tbody th a").first().click();
  const loan = page.url();
  const borrower = (await page.locator("h1").innerText()).split(/\s/)[0];
  await page.locator('dd a[href^="/households/"]').first().click();
  await page.waitForURL(/\/households\//);
  assert.ok((await page.locator("main").innerText()).includes(borrower));
  assert.match(await page.locator("main").innerText(), /\d{6}\*{8}\w{4}/, "the identity number stays masked");
  for (const kind of ["officers", "branches"]) {
    await page.goto(loan);
    await page.locator(`dd a[href^="/${kind}/"]`).first().click();
    await page.waitForURL(new RegExp(`/${kind}/`));
    const red = page.locator(".figure.st-red a");
    const counted = number(await red.locator(".figure-loans b").innerText());
    assert.ok(counted > 0, kind);
    await red.click();
    await page.waitForURL(/\/loans\?/);
    assert.equal(number((await page.locator("#list-head .facts-line").innerText()).split("共")[1]), counted, kind);
  }
  await context.close();
});

test("the most urgent is reached by the keyboard alone", async () => {
  const { context, page } = await open("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  assert.match(await page.evaluate(() => document.activeElement.href), /state=overdue/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/state=overdue/);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = await page.locator(".loans tbody th a").first().getAttribute("href");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), first);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/loans\/\d+/);
  await page.keyboard.press("/");
  await page.keyboard.type("袁文");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  assert.ok((await page.locator(".loans tbody tr").count()) > 0);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`several differences are looked through and given to their branches at once, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const { context, page } = await open("/import", { javaScriptEnabled });
    const serial = javaScriptEnabled ? "甲" : "乙";
    const rows = [1, 2, 3].map((n) => `宜章农商银行玉溪支行,某人${n},,ZZ${serial}${n},20190610,还本,100.00,0,${serial}${n}`);
    const text = `机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n${rows.join("\n")}\n`;
    await page.check('input[name="kind"][value="repayments"]', { force: true });
    await page.setInputFiles('input[name="file"]', { name: "bank.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.click("button.btn.main");
    await page.waitForURL(/\/import\/\d+/, { timeout: 60_000 });
    await page.locator('form[action$="/take"] button').first().click();
    await page.waitForURL(/\/import\/\d+/, { timeout: 60_000 });
    await page.goto(`${base}/differences?q=ZZ${encodeURIComponent(serial)}`);
    assert.equal(await page.locator("input.pick").count(), 3);
    // Nothing chosen is said, and does nothing.
    await page.locator('#bulk button[value="resolve"]').click();
    await page.locator('[role="alert"]').waitFor();
    await page.goBack();
    if (javaScriptEnabled) await page.click("[data-pick]");
    else for (const box of await page.locator("input.pick").all()) await box.check();
    await page.fill("#bulk [name=days]", "5");
    await page.selectOption("#bulk [name=branch]", { index: 2 });
    await page.fill("#bulk [name=note]", "请核对这几笔是哪一户还的");
    await page.locator('#bulk button[value="assign"]').click();
    assert.match(await page.locator("main").innerText(), /将处理其中 3 条（共选 3 条）/);
    await page.locator("form .btn.main").click();
    await page.getByText("已处理 3 条（共选 3 条）").waitFor();
    // Once more: they have moved on, and that is said of each.
    await page.goto(`${base}/differences?state=assigned&q=ZZ${encodeURIComponent(serial)}`);
    assert.equal(await page.locator(".differences tbody tr").count(), 3);
    for (const box of await page.locator("input.pick").all()) await box.check();
    await page.selectOption("#bulk [name=way]", { index: 1 });
    await page.fill("#bulk [name=reason]", "银行更正了合同号");
    await page.locator('#bulk button[value="resolve"]').click();
    await page.locator("form .btn.main").click();
    await page.getByText("已处理 3 条（共选 3 条）").waitFor();
    await context.close();
  });
}
