// What is to be done: a credit manager on a phone goes from a task to a contact with a promise, and an office reads what it was told.
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

for (const javaScriptEnabled of [true, false]) {
  test(`from a task to a contact with a promise on a phone, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const { context, page } = await office("manager", { javaScriptEnabled, ...phone });
    await page.goto(`${base}/tasks`);
    const row = page.locator(".tasks tbody tr").first();
    const borrower = await row.locator("th a").innerText();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `nothing lies beside the page: ${wide}`);
    await row.getByText("记联系").click();
    await page.waitForURL(/\/contact$/);
    assert.ok((await page.locator("h1").innerText()).includes(borrower));
    await page.selectOption("select[name=outcome]", "will-repay");
    await page.fill("input[name=met]", "本人");
    await page.fill("input[name=amount]", "1,000");
    await page.click("form.pair button");
    assert.match(await page.locator(".note.bad").innerText(), /要写日期/, "a promise needs its day");
    assert.equal(await page.locator("input[name=amount]").inputValue(), "1,000", "what was typed stays");
    await page.fill("input[name=promised_on]", "2019-06-20");
    await page.fill("input[name=note]", "卖羊的钱到账就还");
    await page.click("form.pair button");
    await page.waitForURL((url) => /^\/loans\/\d+$/.test(url.pathname));
    await page.getByText("已记下").waitFor();
    const handling = await page.locator("#handling").innerText();
    assert.match(handling, /承诺还款/);
    assert.match(handling, /6月20日.*1,000\.00/s);
    assert.match(handling, /卖羊的钱到账就还/);
    if (javaScriptEnabled) {
      await look(page, "loan-handled");
      await page.goto(`${base}/tasks`);
      await look(page, "tasks");
    }
    await context.close();
  });
}

test("an office reads its notice and the loans behind it", async () => {
  const { context, page } = await office("township");
  await page.click('main a[href="/notices"]');
  await page.locator(".notices tbody th a").first().click();
  await page.waitForURL(/\/notices\/\d+$/);
  const rows = await page.locator(".tasks tbody tr").count();
  assert.ok(rows > 0);
  const text = await page.locator(".group").innerText();
  const name = await page.locator(".tasks tbody th a").first().innerText();
  assert.ok(text.includes(`${name[0]}*`) && !text.includes(name), "a group is told no whole name");
  assert.ok(!/\d{6}/.test(text.replace(/\d{4}年/g, "")), "and no number");
  await page.locator(".tasks tbody th a").first().click();
  await page.locator("#handling").waitFor();
  await page.goBack();
  await look(page, "notice");
  await context.close();
});
