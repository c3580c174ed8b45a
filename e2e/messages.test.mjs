// What was sent, where offices are told, and what borrowers are handed: the county's clerk adds a robot, reads what waits,
// writes the slips' text, prints slips and notes them as handed over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base } from "./demo.mjs";
import { as, look, visitor } from "./visitors.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function office(login, options = {}) {
  const { context, page } = await visitor(options);
  await as(page, login);
  return { context, page };
}

async function letsEverybodyIn(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  assert.deepEqual(grave.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], page.url());
}

test("the clerk says where offices are told, and what waits stands in the list", async () => {
  const { context, page } = await office("centre");
  await page.goto(`${base}/admin/addresses`);
  await page.selectOption("select[name=desk]", { index: 1 });
  await page.selectOption("select[name=channel]", "wecom");
  await page.fill("input[name=address]", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send");
  await page.locator("form.pair").first().locator("input[name=reason]").fill("工作群");
  await page.locator("form.pair").first().locator("button").click();
  assert.match(await page.locator(".note.bad").innerText(), /key=/, "a robot has its key");
  assert.equal(await page.locator("input[name=address]").inputValue(), "https://qyapi.weixin.qq.com/cgi-bin/webhook/send");
  await page.fill("input[name=address]", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=of-the-group");
  await page.locator("form.pair").first().locator("button").click();
  await page.locator("table.tasks tbody tr").waitFor();
  const shown = await page.locator("main").innerText();
  assert.ok(shown.includes("qyapi.weixin.qq.com/…") && !shown.includes("of-the-group"), "what opens the door is not shown");
  await letsEverybodyIn(page);
  await look(page, "addresses");
  // The next day is closed: its notice waits for a server that is set to send.
  await page.goto(`${base}/board`);
  await page.click('form[action="/next-day"] button');
  await page.waitForLoadState();
  await page.goto(`${base}/messages`);
  const rows = page.locator(".messages tbody tr");
  assert.ok((await rows.count()) > 0);
  assert.match(await rows.first().innerText(), /企业微信机器人/);
  assert.match(await page.locator(".note.warn").innerText(), /没有设置/);
  await letsEverybodyIn(page);
  await look(page, "messages");
  await page.goto(`${base}/weekly`);
  await letsEverybodyIn(page);
  await look(page, "weekly");
  await context.close();
});

test("slips are worded, printed and handed over", async () => {
  const { context, page } = await office("centre");
  await page.goto(`${base}/admin/slip-text`);
  const usual = await page.locator("textarea").inputValue();
  await page.fill("textarea", "{name}：{sum}");
  await page.fill("input[name=reason]", "改短");
  await page.click("form.decide button");
  assert.match(await page.locator(".note.bad").innerText(), /sum/);
  assert.equal(await page.locator("textarea").inputValue(), "{name}：{sum}", "what was typed stays");
  await page.fill("textarea", `${usual}（{village}）`);
  await page.click("form.decide button");
  await page.locator("table.imports tbody tr").waitFor();
  assert.match(await page.locator(".slip-words").innerText(), /李明/);
  await letsEverybodyIn(page);
  await look(page, "slip-text");

  await page.goto(`${base}/slips`);
  const rows = page.locator(".slips tbody tr");
  const before = await rows.count();
  assert.ok(before > 0, "the demo's red and yellow loans are told to their borrowers");
  await letsEverybodyIn(page);
  await look(page, "slips");
  const name = await rows.first().locator("th a").innerText();
  await rows.first().locator("input.pick").check();
  await page.getByRole("button", { name: "打印", exact: true }).click();
  await page.locator(".slip-paper").waitFor();
  assert.equal(await page.locator(".slip-paper").count(), 1);
  assert.ok((await page.locator(".slip-paper").innerText()).includes(name));
  await letsEverybodyIn(page);
  await page.pdf({ path: "/dev/null", preferCSSPageSize: true });
  await page.setViewportSize({ width: 360, height: 800 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.locator(".crumbs a").click();
  await rows.first().locator("input.pick").check();
  await page.getByRole("button", { name: "记为已送达" }).click();
  await page.getByText("已记为送达").waitFor();
  await page.locator(".states a", { hasText: "已送达" }).click();
  assert.ok((await rows.first().innerText()).includes(name));
  await context.close();
});

test("a notice becomes a picture for a group", async () => {
  const { context, page } = await office("township");
  await page.goto(`${base}/notices`);
  await page.locator(".notices tbody th a").first().click();
  await page.getByRole("button", { name: "做成图片" }).click();
  const image = page.locator("img.picture");
  await image.waitFor();
  const [width, height] = await image.evaluate((img) => [img.naturalWidth, img.naturalHeight]);
  assert.ok(width === 1440 && height > 100, `${width}×${height}`);
  const href = await page.locator("[data-picture-save]").getAttribute("href");
  assert.ok(href.startsWith("data:image/png;base64,"));
  await letsEverybodyIn(page);
  await context.close();
});
