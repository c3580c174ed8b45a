// The office's papers: each is made, printed to A4 and read back; its code opens it again; a household's card is opened by a phone
// with the last four digits.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";
import { as, look, visitor } from "./visitors.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
  return told.filter((one) => /^(serious|critical)/.test(one));
}

/** What a PDF says, page by page; without poppler nothing of it is known. */
function pdf(name, bytes) {
  const path = join(pictures, `${name}.pdf`);
  writeFileSync(path, bytes);
  try {
    const text = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
    const info = execFileSync("pdfinfo", [path], { encoding: "utf8" });
    return { text: text.replace(/\s+/g, ""), pages: Number(/Pages:\s+(\d+)/.exec(info)[1]), size: /Page size:\s+(.*)/.exec(info)[1] };
  } catch {
    return null;
  }
}

/** Prints the paper that a page shows: on A4, nothing of it cut off, and no more pages than it needs. */
async function printed(page, name, { pages, says, broad = false }) {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: broad ? 1046 : 658, height: 900 });
  const beyond = await page.evaluate(() => {
    const sheet = document.querySelector(".sheet").getBoundingClientRect();
    const cells = [...document.querySelectorAll(".sheet *")];
    return cells.filter((one) => one.getBoundingClientRect().right > sheet.right + 1).map((one) => one.outerHTML.slice(0, 120));
  });
  assert.deepEqual(beyond.slice(0, 3), [], `${name}: nothing lies beside the sheet`);
  const told = pdf(name, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  const text = told?.text ?? (await page.locator(".sheet").innerText()).replace(/\s+/g, "");
  for (const one of says) assert.ok(text.includes(one.replace(/\s+/g, "")), `${name} says ${one}`);
  if (told) {
    assert.match(told.size, /A4/, name);
    if (pages) assert.equal(told.pages, pages, `${name} has ${told.pages} pages`);
  }
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function made(page, kind, fields = {}) {
  await page.goto(`${base}/papers`);
  await page.check(`input[name=kind][value=${kind}]`);
  if (fields.place) await page.selectOption("select[name=place]", { label: fields.place });
  if (fields.days) await page.fill("input[name=days]", fields.days);
  await page.click(".paper-kinds ~ .send button");
  await page.waitForURL(/\/papers\/[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  return page.url().split("/").pop();
}

test("each list is made, printed and found again by its code", async () => {
  const { context, page } = await visitor();
  await as(page, "centre");
  await page.goto(`${base}/papers`);
  await look(page, "papers");
  assert.deepEqual(await serious(page), []);
  const codes = {};
  for (const [kind, fields, print] of [
    ["monthly", {}, { says: ["小额信贷工作月报", "本月笔数", "逾期率", "获贷率", "白石渡镇"], broad: true }],
    ["collection", {}, { says: ["催收台账", "借款人签字", "********"], broad: true }],
    ["roster", { place: "白石渡镇", days: "30" }, { says: ["到期贷款花名册", "白石渡镇"], broad: true }],
    ["publicity", { place: "　白石渡村" }, { says: ["小额信贷公示", "公示期"] }],
    ["meeting", {}, { says: ["小额信贷工作汇报", "一、基本情况", "二、乡镇排名", "四、下步措施"] }],
  ]) {
    const code = await made(page, kind, fields);
    codes[kind] = code;
    await printed(page, `paper-${kind}`, { ...print, says: [...print.says, code, "演示数据"] });
    await look(page, `paper-${kind}`);
    assert.deepEqual(await serious(page), [], kind);
    for (const end of ["xlsx", "docx"]) {
      const file = await page.request.get(`${base}/papers/${code}/paper.${end}`);
      assert.equal(file.status(), 200, end);
      writeFileSync(join(pictures, `paper-${kind}.${end}`), await file.body());
    }
  }
  // Typed into the box at the top in small letters, it leads to the same list.
  await page.goto(`${base}/loans`);
  await page.fill("input[name=q]", codes.collection.toLowerCase());
  await page.press("input[name=q]", "Enter");
  await page.waitForURL(`${base}/papers/${codes.collection}`);
  assert.match(await page.locator("#since").innerText(), /没有变化/);
  await page.goto(`${base}/papers`);
  await page.fill("input[name=code]", "ABCD-EFGH");
  await page.click(".code-box button");
  assert.match(await page.locator(".note.bad").innerText(), /ABCD-EFGH/);
  assert.equal(await page.locator("input[name=code]").inputValue(), "ABCD-EFGH", "what was typed stays");
  await context.close();
});

test("a letter and a card of one loan; the card's page opens by its digits", async () => {
  const { context, page } = await visitor();
  await as(page, "centre");
  await page.goto(`${base}/loans?state=red`);
  const borrower = await page.locator(".loans tbody .a-name a, .loans tbody th a").first().innerText();
  await page.locator(".loans tbody a").first().click();
  await page.waitForURL(/\/loans\/\d+/);
  const loan = page.url();
  const identity = await page.locator("main").innerText();
  const digits = /\d{6}\*{8}(\d{3}[\dX])/.exec(identity)[1];
  await look(page, "loan-with-papers");
  await page.locator("#papers").getByRole("button", { name: "到期提醒通知书" }).click();
  await page.waitForURL(/\/papers\//);
  await printed(page, "paper-due-notice", { pages: 1, says: ["到期提醒通知书", borrower, "人民币", "利息以银行为准"] });
  await look(page, "paper-due-notice");
  await page.goto(loan);
  await page.locator("#papers").getByRole("button", { name: "还款明白卡" }).click();
  await page.waitForURL(/\/papers\//);
  await printed(page, "paper-card", { pages: 1, says: ["还款明白卡", borrower, "到期日", "应还本金", "利息以银行为准", "晚还会怎样"] });
  await look(page, "paper-card");
  assert.deepEqual(await serious(page), []);
  const address = await page.locator(".scan small").innerText();
  assert.ok(address.startsWith(base), address);
  const phone = await browser.newContext({ storageState: undefined, viewport: { width: 360, height: 740 } });
  const other = await phone.newPage();
  await other.goto(address);
  const before = await other.locator("body").innerText();
  assert.ok(!before.includes(borrower) && !/\d,\d{3}/.test(before), "nothing is told before the digits");
  assert.deepEqual(await serious(other), []);
  await look(other, "card-closed");
  await other.setViewportSize({ width: 360, height: 740 });
  await other.fill("input[name=digits]", digits === "0000" ? "1111" : "0000");
  await other.click("form.pair button");
  assert.match(await other.locator(".note.bad").innerText(), /还可以试 4 次/);
  await other.fill("input[name=digits]", digits);
  await other.click("form.pair button");
  await other.locator(".card-sheet").waitFor();
  assert.ok((await other.locator(".card-sheet").innerText()).includes(borrower));
  await other.screenshot({ path: join(pictures, "card-open-zh-360.png"), fullPage: true });
  assert.ok((await other.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  assert.deepEqual(await serious(other), []);
  await phone.close();
  await page.goto(`${base}/loans?state=overdue`);
  await page.locator(".loans tbody a").first().click();
  await page.locator("#papers").getByRole("button", { name: "逾期催收通知书" }).click();
  await page.waitForURL(/\/papers\//);
  await printed(page, "paper-overdue-notice", { pages: 1, says: ["逾期催收通知书", "至今逾期", "送达回执", "签收日期", "见证人"] });
  await look(page, "paper-overdue-notice");
  await page.goto(loan);
  await page.locator("#papers").getByText("登记送达回执").click();
  await page.waitForURL(/\/receipt$/);
  await look(page, "receipt");
  await page.click("form.pair button");
  assert.equal(await page.locator("input[name=receiver]:invalid").count(), 1, "who received it has to be said");
  await page.fill("input[name=receiver]", "本人");
  await page.click("form.pair button");
  await page.waitForURL(/\/loans\/\d+$/);
  await page.getByText("已记下送达回执").waitFor();
  assert.match(await page.locator("#papers").innerText(), /催收通知已送达/);
  await page.goto(`${base}/limitations`);
  await look(page, "limitations");
  await context.close();
});

test("the county tells a paper's texts anew", async () => {
  const { context, page } = await visitor();
  await as(page, "centre");
  await page.goto(`${base}/papers/texts`);
  await look(page, "paper-texts");
  await page.goto(`${base}/papers/texts/roster`);
  await look(page, "paper-text");
  assert.deepEqual(await serious(page), []);
  await page.fill("input[name=title]", "{area}到期户名单{moeny}");
  await page.click(".send .main");
  assert.match(await page.locator(".note.bad").innerText(), /moeny.*\{loans\}/s);
  await page.fill("input[name=title]", "{area}到期户名单");
  await page.click(".send .main");
  await page.getByText("已保存").waitFor();
  await made(page, "roster", { place: "白石渡镇", days: "30" });
  assert.equal(await page.locator(".sheet h1").innerText(), "白石渡镇到期户名单");
  await context.close();
});
