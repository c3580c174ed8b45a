// How a loan is handled at maturity: proposed at the branch, checked at the county's centre, answered by the bank.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base } from "./demo.mjs";
import { as, look, visitor } from "./visitors.mjs";

async function office(login, options = {}) {
  const { context, page } = await visitor(options);
  await as(page, login);
  return { context, page };
}

const phone = { viewport: { width: 360, height: 740 } };

/** A loan of a list that nobody has proposed anything for: its page. */
async function loan(page, list, at) {
  await page.goto(`${base}${list}`);
  await page.locator("table.rows tbody tr th a, table.rows tbody tr td a").nth(at).click();
  await page.waitForURL(/\/loans\/\d+/);
}

test("an extension goes from the branch to the county's centre and back, and the loan falls due later", async () => {
  const bank = await office("bank", phone);
  await loan(bank.page, "/loans?state=yellow", 0);
  const borrower = (await bank.page.locator("h1").innerText()).split(/\s/)[0];
  await bank.page.getByText("提出处置").click();
  await bank.page.waitForURL(/\/handle$/);
  await bank.page.locator("ul.lines a", { hasText: "展期" }).click();
  const clauses = bank.page.locator("section.card", { hasText: "对照政策条款" });
  assert.match(await clauses.innerText(), /贷款通则/, "each clause names its source");
  await bank.page.fill("input[name=day]", "2019-06-01");
  await bank.page.fill("textarea[name=reason]", "脐橙十一月才卖");
  await bank.page.click("form.pair button");
  assert.match(await bank.page.locator(".note.bad").innerText(), /之后的日期/, "a day that has passed is no extension");
  assert.equal(await bank.page.locator("textarea[name=reason]").inputValue(), "脐橙十一月才卖", "what was typed stays");
  await look(bank.page, "handle");
  await bank.page.fill("input[name=day]", "2019-12-20");
  await bank.page.fill("textarea[name=reason]", "脐橙十一月才卖");
  await bank.page.click("form.pair button");
  await bank.page.getByText("已提交，待另一人复核").waitFor();
  const proposal = new URL(bank.page.url()).pathname;
  assert.match(proposal, /^\/handlings\/\d+$/);
  assert.equal(await bank.page.locator("form[action$='/agree']").count(), 0, "nobody checks their own work");

  const centre = await office("centre");
  await centre.page.click('main a[href="/handlings?show=check"]');
  await centre.page.locator(".tasks tbody th a", { hasText: borrower }).first().click();
  await centre.page.waitForURL(`${base}${proposal}`);
  await look(centre.page, "handling");
  await centre.page.click("form[action$='/agree'] button.main");
  await centre.page.getByText("已复核。").waitFor();

  await bank.page.goto(`${base}/handlings?show=bank`);
  await look(bank.page, "handlings");
  await bank.page.locator(".tasks tbody th a", { hasText: borrower }).first().click();
  assert.equal(await bank.page.locator("input[name=due_on]").inputValue(), "2019-12-20", "what was asked for is filled in");
  await bank.page.fill("input[name=reason]", "农商行展期协议");
  await bank.page.click("form[action$='/grant'] button.main");
  await bank.page.getByText("已登记银行答复").waitFor();
  assert.match(await bank.page.locator("h1").innerText(), /银行已办结/);
  await bank.page.getByText("返回贷款").or(bank.page.locator("a.btn[href^='/loans/']")).first().click();
  await bank.page.waitForURL(/\/loans\/\d+$/);
  assert.match(await bank.page.locator("main").innerText(), /2019年12月20日|2019-12-20/);
  await bank.context.close();
  await centre.context.close();
});

test("what the bank refuses comes back with a reason, and the second who proposes sees the first", async () => {
  const bank = await office("bank");
  await loan(bank.page, "/loans?state=red", 0);
  const address = new URL(bank.page.url()).pathname;
  const propose = async (page) => {
    await page.goto(`${base}${address}/handle?kind=court`);
    await page.fill("textarea[name=reason]", "多次上门未果");
    await page.click("form.pair button");
  };
  await propose(bank.page);
  await bank.page.getByText("已提交，待另一人复核").waitFor();
  const proposal = bank.page.url();
  const centre = await office("centre");
  await propose(centre.page);
  assert.equal(await centre.page.locator("textarea[name=reason]").inputValue(), "多次上门未果");
  await centre.page.locator(".note.bad a").click();
  await centre.page.waitForURL(proposal);
  await centre.page.click("form[action$='/agree'] button.main");
  await centre.page.getByText("已复核。").waitFor();
  await bank.page.goto(proposal);
  await bank.page.click("button[formaction$='/refuse']");
  assert.match(await bank.page.locator(".note.bad").innerText(), /请写理由/);
  await bank.page.fill("input[name=reason]", "证据不足");
  await bank.page.click("button[formaction$='/refuse']");
  await bank.page.getByText("已登记银行答复").waitFor();
  assert.match(await bank.page.locator("h1").innerText(), /银行未同意/);
  await bank.page.goto(`${base}${address}`);
  assert.match(await bank.page.locator("#handling").innerText(), /司法清收.*银行未同意/s);
  await bank.context.close();
  await centre.context.close();
});
