// Journeys through the demo in a real browser: what a visitor clicks in the first two minutes.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium npm test
//   BANGFU_PICTURES=../docs/pictures        also keeps the pictures that the README shows
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { base, browser, here, pictures } from "./demo.mjs";

async function visit(path, { lang = "zh", width = 1280, type = "usual", javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, acceptDownloads: true, javaScriptEnabled });
  const cookie = (name, value) => ({ name, value, url: base });
  await context.addCookies([cookie("lang", lang), cookie("type", type)]);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) faults.push(`asks ${request.url()}`);
  });
  await page.goto(base + path);
  return { page, faults, done: () => context.close() };
}

// Follows a link and waits for the page behind it: a click alone may return while the page before still stands.
async function follow(page, locator) {
  const before = page.url();
  await locator.first().click();
  await page.waitForURL((url) => url.href !== before);
}

const number = async (page, selector) => Number((await page.locator(selector).first().innerText()).replaceAll(",", ""));

test("board, red number, its list, a loan and why it is red", async () => {
  const { page, faults, done } = await visit("/board");
  assert.match(await page.locator("body").innerText(), /演示数据，非真实/);
  await page.screenshot({ path: join(pictures, "board.png"), fullPage: true });
  const red = await number(page, ".st-red .figure-loans b");
  assert.equal(red, 43);
  await follow(page, page.locator(".figure.st-red a"));
  assert.match(page.url(), /state=red/);
  assert.match(await page.locator("main").innerText(), new RegExp(`${red} 笔`));
  await follow(page, page.locator('main a[href^="/loans/"]').filter({ hasNotText: /Excel|CSV/ }));
  assert.match(await page.locator("main").innerText(), /为什么是“红色预警”/);
  await page.screenshot({ path: join(pictures, "loan.png"), fullPage: true });
  assert.deepEqual(faults, []);
  await done();
});

test("the messy ledger again: every bad row with its place and cure, and the rows to mend", async () => {
  const { page, faults, done } = await visit("/import");
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.setInputFiles('input[name="file"]', resolve(here, "../demo/yizhang/ledger.xlsx"));
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+$/, { timeout: 120_000 });
  const text = await page.locator("main").innerText();
  assert.match(text, /6,918/);
  assert.match(text, /45/);
  const all = await page.locator("main").textContent();
  assert.match(all, /第 227 行/);
  assert.match(all, /把这一列设为“文本”/);
  await page.screenshot({ path: join(pictures, "import.png") });
  const [download] = await Promise.all([page.waitForEvent("download"), page.click('a[href$="rejects.xlsx"]')]);
  assert.match(download.suggestedFilename(), /xlsx$/);
  assert.deepEqual(faults, []);
  await done();
});

test("a file that is no table is refused in words, and nothing is lost", async () => {
  const { page, done } = await visit("/import");
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  const file = { name: "a.xlsx", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") };
  await page.setInputFiles('input[name="file"]', file);
  await page.click("button.btn.main");
  await page.getByText("PDF").waitFor({ timeout: 60_000 });
  await done();
});

test("every page in both languages, wide, on a tablet and on a phone, without a sideways scroll or a cut menu", async () => {
  const sizes = [[1280, "usual"], [768, "usual"], [360, "usual"], [1280, "large"], [360, "large"]];
  for (const lang of ["zh", "en"]) {
    for (const [width, type] of sizes) {
      for (const path of ["/", "/board", "/board?by=village", "/board?by=branch", "/board?by=officer", "/board?day=2019-05-20", "/board?day=2019-04-30", "/board?day=2015-01-01", "/loans", "/loans?state=overdue", "/loans?q=王", "/import", "/imports", "/differences", "/differences?state=all", "/divisions", "/officers"]) {
        const { page, faults, done } = await visit(path, { lang, width, type });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${lang} ${width} ${type} ${path} is ${wide} wide`);
        const cut = await page.locator(".menu").evaluate((menu) => menu.scrollWidth > menu.clientWidth + 1);
        assert.ok(!cut, `${lang} ${width} ${type} ${path} cuts its menu`);
        assert.match(await page.locator("body").innerText(), lang === "zh" ? /演示数据，非真实/ : /not real/i);
        assert.deepEqual(faults, [], path);
        if (width === 360 && type === "usual" && path === "/board") await page.screenshot({ path: join(pictures, `board-phone-${lang}.png`) });
        await done();
      }
    }
  }
});

test("a township's board counts what its lists hold, and leads back", async () => {
  const { page, faults, done } = await visit("/board");
  await follow(page, page.locator(".matrix tbody th a"));
  assert.match(page.url(), /by=village&township=\d{12}/);
  const name = await page.locator(".crumbs b").innerText();
  assert.match(await page.locator("h1").innerText(), new RegExp(name));
  const township = page.url();
  for (const cut of ["按村", "按支行", "按信贷管户员"]) {
    await page.goto(township);
    const tab = page.locator(".tabs a", { hasText: cut });
    if ((await tab.getAttribute("aria-current")) === null) await follow(page, tab);
    const rows = await page.locator(".matrix tbody .wide:nth-last-child(2)").allInnerTexts();
    const total = await number(page, ".matrix tfoot .wide a");
    assert.equal(rows.reduce((sum, text) => sum + Number(text.replaceAll(",", "")), 0), total, cut);
    for (const cell of [".matrix tbody td:not(.zero) a b", ".matrix tfoot .wide a", ".figure.st-blue .figure-loans b"]) {
      const board = page.url();
      const counted = await number(page, cell);
      await follow(page, page.locator(cell));
      assert.match(page.url(), /day=2019-06-17/);
      assert.match(await page.locator(".facts-line").innerText(), new RegExp(`共 ${counted.toLocaleString("en")} 笔`), `${cut} ${cell}`);
      await page.goto(board);
    }
  }
  await follow(page, page.locator(".crumbs a"));
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/board");
  assert.deepEqual(faults, []);
  await done();
});

test("headings sort both ways, and other days and cuts keep the order", async () => {
  const { page, done } = await visit("/board");
  const reds = async () => (await page.locator(".matrix tbody tr td:nth-child(3)").allInnerTexts()).map((text) => Number(text) || 0);
  await follow(page, page.locator(".matrix thead .st-red a"));
  assert.deepEqual(await reds(), (await reds()).sort((a, b) => b - a));
  await follow(page, page.locator(".matrix thead .st-red a"));
  assert.equal(await page.locator(".matrix .st-red[aria-sort]").getAttribute("aria-sort"), "ascending");
  assert.deepEqual(await reds(), (await reds()).sort((a, b) => a - b));
  await follow(page, page.locator(".tabs a", { hasText: "按村" }));
  await follow(page, page.locator('a[rel="prev"]'));
  assert.match(page.url(), /day=2019-06-16&by=village&sort=-red/);
  await page.goto(`${base}/loans`);
  await follow(page, page.locator(".loans thead a", { hasText: "余额" }));
  assert.match(page.url(), /sort=balance/);
  await follow(page, page.locator(".loans thead a", { hasText: "余额" }));
  assert.match(page.url(), /sort=-balance/);
  await follow(page, page.locator('a[rel="next"]'));
  const second = await page.locator(".loans tbody th").first().innerText();
  await follow(page, page.locator('a[rel="next"]'));
  await follow(page, page.locator('a[rel="prev"]'));
  assert.equal(await page.locator(".loans tbody th").first().innerText(), second);
  await done();
});

test("filters keep the focus, and a loan leads back to its list", async () => {
  const { page, faults, done } = await visit("/loans?state=red");
  await page.focus("#township");
  await page.selectOption("#township", { index: 1 });
  await page.waitForURL(/township=/);
  await page.locator("#village").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "township");
  await page.focus("#village");
  await page.selectOption("#village", { index: 1 });
  await page.waitForURL(/village=/);
  await page.selectOption("#township", { index: 2 });
  await page.waitForURL((url) => !url.searchParams.has("village"));
  await page.goto(`${base}/loans?state=blue&sort=name`);
  const list = page.url();
  await follow(page, page.locator(".loans tbody a"));
  await follow(page, page.locator(".crumbs a"));
  assert.equal(page.url(), list);
  assert.deepEqual(faults, []);
  await done();
});

test("an identity number finds its loans and stands in no address", async () => {
  const { page, faults, done } = await visit("/board");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const box of [".find input[type=search]", "#q"]) {
    await page.fill(box, "43109919780707927x");
    await page.press(box, "Enter");
    await page.waitForURL(/who=[0-9a-f]{32}(&|$)/);
    assert.match(await page.locator(".loans tbody").innerText(), /闫秀冬/);
    assert.match(await page.locator(".chips").innerText(), /按证件号或手机查找/);
    await page.goto(`${base}/loans?state=any`);
  }
  await page.fill("#q", "闫秀冬");
  await page.press("#q", "Enter");
  await page.waitForURL(/q=/);
  assert.ok(!asked.some((url) => /43109919780707927/.test(url)));
  assert.deepEqual(faults, []);
  await done();
});

test("large type is switched on and off on the same page, without a script, and stays", async () => {
  const { page, done } = await visit("/loans?state=red", { javaScriptEnabled: false });
  const size = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  const address = page.url();
  assert.equal(await size(), "16px");
  await page.getByRole("button", { name: "大字" }).click();
  await page.getByRole("button", { name: "标准字" }).waitFor();
  assert.deepEqual([await size(), page.url()], ["20px", address]);
  await page.goto(`${base}/officers`);
  assert.equal(await size(), "20px");
  await page.emulateMedia({ media: "print" });
  assert.notEqual(await size(), "20px", "paper stays as it is");
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("button", { name: "标准字" }).click();
  await page.getByRole("button", { name: "大字" }).waitFor();
  assert.equal(await size(), "16px");
  await done();
});

test("what a board leaves out and whom an officer is tied to open their lists", async () => {
  const { page, faults, done } = await visit("/board?by=village");
  const found = async () => Number(/共 ([\d,]+) 笔/.exec(await page.locator(".facts-line").innerText())[1].replaceAll(",", ""));
  const left = await number(page, ".matrix .quiet .wide a");
  await follow(page, page.locator(".matrix .quiet .wide a"));
  assert.equal(await found(), left);
  assert.match(await page.locator(".chips").innerText(), /没有预警/);
  await page.selectOption("#township", { index: 1 });
  await page.waitForURL(/township=.*quiet=village/);
  await page.goto(`${base}/officers?role=industry-guide`);
  const households = await number(page, '.officers td[data-label] a[href*="tied="]');
  await follow(page, page.locator('.officers td[data-label] a[href*="tied="]'));
  assert.ok((await found()) >= households, "each household has a loan");
  assert.match(await page.locator(".chips").innerText(), /结对户的贷款/);
  assert.deepEqual(faults, []);
  await done();
});

test("on paper: two pages of board, closed groups open, the demo's line on each page", async () => {
  const pages = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
  for (const lang of ["zh", "en"]) {
    const { page, done } = await visit("/board", { lang });
    assert.ok(pages(await page.pdf({ preferCSSPageSize: true })) <= 2, lang);
    await done();
  }
  const { page, done } = await visit("/divisions");
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("details[open]").count(), 0);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".btn:visible, button:visible").count(), 0);
  assert.equal(await page.locator(".demo").evaluate((line) => getComputedStyle(line).display), "table-footer-group");
  await done();
});

test("a difference is found, resolved with a reason, taken up again and given to its branch, without a script", async () => {
  const { page, faults, done } = await visit("/loans?state=red", { javaScriptEnabled: false });
  const cell = (name) => page.locator(`.loans .a-${name}`).first().innerText();
  const [borrower, contract, branch] = [await cell("name"), await cell("number"), await cell("branch")];
  const header = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号";
  // Neither fits, and both lie before the day up to which the bank has reported: no figure changes.
  const rows = [`${branch},${borrower},${contract},2019-05-10,还本,1000,1,E2E1`, `${branch},无此人,9${contract},2019-05-10,还本,1000,1,E2E2`];
  await page.goto(`${base}/import`);
  await page.locator('input[name="kind"][value="repayments"]').check({ force: true });
  await page.setInputFiles('input[name="file"]', { name: "bank.csv", mimeType: "text/csv", buffer: Buffer.from([header, ...rows].join("\n")) });
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+$/, { timeout: 60_000 });
  await page.getByRole("button", { name: "确认导入" }).first().click();
  await page.getByText(/2 处银行与账上的出入，已记在/).waitFor({ timeout: 60_000 });
  await page.goto(`${base}/differences`);
  const tab = async (name) => Number((await page.locator(".states a", { hasText: name }).locator("b").innerText()).replaceAll(",", ""));
  const standing = await tab("待核对");
  assert.ok(standing > 0);
  await page.screenshot({ path: join(pictures, "differences.png") });
  const kind = page.locator('select[name="kind"]');
  const word = await kind.locator("option").nth(1).getAttribute("value");
  await kind.selectOption(word);
  await page.getByRole("button", { name: "筛选" }).click();
  await page.waitForURL(new RegExp(`kind=${word}`));
  const list = page.url();
  const own = await page.locator(".differences tbody th > a").first().getAttribute("href");
  const row = page.locator(".differences tbody tr").filter({ has: page.locator(`a[href="${own}"]`) });
  await row.locator("summary").click();
  await row.locator('select[name="way"]').selectOption("reported-twice");
  await row.locator('input[name="reason"]').fill("本人 4310 9919 7001 0100 00 说已还");
  await row.getByRole("button", { name: "核实完毕" }).click();
  assert.match(await page.locator('[role="alert"]').innerText(), /身份证号码/);
  assert.match(await page.locator('input[name="reason"]').first().inputValue(), /本人/);
  await page.locator('select[name="way"]').selectOption("reported-twice");
  await page.locator('input[name="reason"]').first().fill("支行来电：两次上报同一笔");
  await page.getByRole("button", { name: "核实完毕" }).click();
  assert.match(await page.locator(".note.warn").innerText(), /核实/);
  await page.goto(list);
  assert.equal(await row.count(), 0, "it has left the open list");
  assert.equal(await tab("待核对"), (await tab("全部")) - 1);
  await page.locator(".states a", { hasText: "已核实" }).click();
  await page.waitForURL(/state=resolved/);
  assert.match(await row.innerText(), /银行重复上报[^]*两次上报同一笔/);
  await row.locator("summary").click();
  await row.locator('input[name="reason"]').fill("支行又来电");
  await row.getByRole("button", { name: "重新核对" }).click();
  await page.waitForURL(/state=resolved/);
  assert.equal(await row.count(), 0);
  await page.goto(base + own);
  const days = page.locator('input[name="days"]');
  await days.fill("3");
  if (await page.locator('select[name="branch"]').count()) await page.locator('select[name="branch"]').selectOption({ index: 1 });
  await page.locator('input[name="note"]').fill("请核对是一笔还是两笔");
  await page.getByRole("button", { name: "交支行核对" }).click();
  const told = await page.locator("main").innerText();
  assert.match(told, /2019-06-20 前答复/);
  assert.match(told, /重新核对[^]*人工核实[^]*发现出入/, "the whole history stands, the newest first");
  await page.getByRole("link", { name: "打印核对单" }).click();
  await page.waitForURL(/slip/);
  assert.match(await page.locator("main").innerText(), /请核对是一笔还是两笔/);
  const slip = new URL(page.url()).searchParams.get("branch");
  await page.goto(`${base}/differences?state=assigned`);
  assert.equal(await row.count(), 1);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出 CSV" }).click()]);
  assert.match(file.suggestedFilename(), /csv$/);
  assert.deepEqual(faults, []);
  await done();
  for (const lang of ["zh", "en"]) {
    for (const [width, type] of [[1280, "usual"], [768, "usual"], [360, "usual"], [360, "large"]]) {
      for (const path of ["/differences?state=all", own, `/differences/slip?branch=${slip}`]) {
        const { page, done } = await visit(path, { lang, width, type });
        const handle = page.locator(".differences summary");
        if (await handle.count()) await handle.first().click();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${lang} ${width} ${type} ${path} is ${wide} wide`);
        await done();
      }
    }
  }
});

test("what is not there is said so", async () => {
  const { page, done } = await visit("/loans/999999999");
  assert.match(await page.locator("main").innerText(), /没有/);
  await done();
});

test("no page and no file answers for a day that has not come", async () => {
  const { page, done } = await visit("/board");
  for (const path of ["/", "/board", "/board.xlsx", "/board.csv", "/loans", "/loans/export.xlsx", "/loans/export.csv"]) {
    const answer = await page.request.get(`${base}${path}?day=2027-12-31`, { maxRedirects: 0 });
    assert.equal(answer.status(), 303, path);
  }
  await page.goto(`${base}/loans/export.csv?day=2027-12-31`);
  assert.match(await page.locator(".note").innerText(), /还没有到/);
  await done();
});

test("the next day closes before the visitor's eyes", async () => {
  const { page, faults, done } = await visit("/board");
  await page.getByRole("button", { name: /下一天/ }).click();
  await page.getByText("已更新到 2019年6月18日").waitFor();
  assert.equal(page.url(), `${base}/`);
  assert.equal(await number(page, ".st-red .figure-loans b"), 45);
  await page.screenshot({ path: join(pictures, "next-day.png") });
  await page.reload();
  assert.equal(await page.getByText("已更新到").count(), 0);
  await page.goto(`${base}/?day=2030-01-01`);
  assert.match(await page.locator(".note").innerText(), /还没有到/);
  assert.deepEqual(faults, []);
  await done();
});
