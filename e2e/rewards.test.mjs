// A list of rewards: one clerk makes it, another checks it, it is shown in public, somebody objects, and it is paid.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base } from "./demo.mjs";
import { as, look, visitor } from "./visitors.mjs";

async function office(login, options = {}) {
  const { context, page } = await visitor(options);
  await as(page, login);
  return { context, page };
}

const phone = { viewport: { width: 360, height: 740 } };

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes[0].html]), [], what);
}

async function nothingBeside(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `nothing lies beside the page: ${wide}`);
}

test("a list of rewards goes from its draft to the publicity, and an objection takes an entry out", async () => {
  const { context, page } = await office("centre");
  await page.click('nav a[href="/rewards"]');
  await page.fill("input[name=from]", "2019-05-01");
  await page.fill("input[name=until]", "2019-06-17");
  await page.click("form.filters button");
  await page.locator("#preview").waitFor();
  await look(page, "rewards-preview");
  await page.click("#preview button.main");
  await page.waitForURL(/\/rewards\/\d+$/);
  const list = page.url();
  const rows = await page.locator(".rewards tbody tr").count();
  assert.ok(rows > 0);
  assert.equal(await page.getByRole("button", { name: "复核通过" }).count(), 0, "nobody checks their own work");

  const second = await office("checker");
  await second.page.goto(`${base}/`);
  await second.page.click('.waits a[href="/rewards"]');
  await second.page.goto(list);
  await look(second.page, "reward-draft");
  await second.page.getByRole("button", { name: "复核通过" }).click();
  await second.page.getByText("已复核，待公示").waitFor();

  await page.goto(list);
  await page.fill("input[name=place]", "各村公示栏");
  await page.getByRole("button", { name: "开始公示" }).click();
  await page.getByText(/公示：.*各村公示栏/s).first().waitFor();
  await page.getByText("登记异议").first().click();
  await page.fill("input[name=row]", "1");
  await page.fill("input[name=by_whom]", "村民代表");
  await page.fill("input[name=words]", "这户没有用在项目上");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await page.locator("#objections").getByText("待处理").waitFor();
  assert.equal(await page.getByRole("button", { name: "成立，撤出这一条" }).count(), 0);

  await second.page.goto(list);
  await second.page.locator('#objections textarea[name="reason"]').fill("入户核实属实");
  await second.page.getByRole("button", { name: "成立，撤出这一条" }).click();
  await second.page.locator("#objections").getByText("成立，已撤出").waitFor();
  await look(second.page, "reward-public");

  await page.goto(`${list}/publicity`);
  await look(page, "reward-publicity");
  await accessible(page, "what the public is told");
  const shown = await page.locator("main").innerText();
  assert.ok(!/\d{15}/.test(shown), "no identity number");
  assert.match(await page.locator(".rewards tbody th").first().innerText(), /\*/, "names are masked");

  // The publicity is over after its last day; then it is approved by another, and paid.
  for (let day = 0; day < 8; day++) {
    await page.goto(`${base}/board`);
    await page.click('form[action="/next-day"] button');
    await page.waitForURL((url) => url.pathname !== "/next-day");
  }
  await page.goto(list);
  assert.equal(await page.getByRole("button", { name: "审批通过" }).count(), 0, "nobody approves their own work");
  await second.page.goto(list);
  await second.page.getByRole("button", { name: "审批通过" }).click();
  await second.page.getByText("已审批").first().waitFor();
  await second.page.fill("input[name=document]", "财支〔2019〕17号");
  await second.page.locator('input[name=entry]').first().check();
  await second.page.getByRole("button", { name: "登记", exact: true }).last().click();
  await second.page.getByText("已发放").first().waitFor();
  await second.page.fill("input[name=document]", "财支〔2019〕18号");
  await second.page.getByRole("button", { name: "登记", exact: true }).last().click();
  await second.page.locator("h2", { hasText: "发放记录" }).waitFor();
  assert.equal(await second.page.locator("input[name=entry]").count(), 0, "all is paid");
  await look(second.page, "reward-paid");
  await accessible(second.page, "a list that is paid");
  await second.page.goto(`${base}/rewards`);
  await look(second.page, "rewards");
  await accessible(second.page, "lists of rewards");
  await second.page.goto(list);
  await second.page.locator(".rewards tbody td a").first().click();
  await second.page.locator("#reward").waitFor();
  await look(second.page, "loan-reward");
  await context.close();
  await second.context.close();
});

test("lists of rewards on a phone", async () => {
  const { context, page } = await office("leader", phone);
  await page.goto(`${base}/rewards`);
  await nothingBeside(page);
  await page.locator(".rewards tbody th a").first().click();
  await page.waitForURL(/\/rewards\/\d+$/);
  await nothingBeside(page);
  assert.equal(await page.locator("main form").count(), 0, "a leader looks");
  await page.goto(`${page.url()}/publicity`);
  await nothingBeside(page);
  await context.close();
});
