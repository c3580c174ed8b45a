// Administration: how the system fares, and rules that one person proposes and a second one decides on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base, browser, signedIn } from "./demo.mjs";
import { look } from "./visitors.mjs";

async function as(login, options = {}) {
  const storageState = await signedIn((wanted) => browser.newContext({ storageState: undefined, ...wanted }), login);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options, storageState });
  return context.newPage();
}

/** Waits until the page says something: while something is reckoned beside it, it looks again by itself. */
async function until(page, text) {
  await page.locator("main").getByText(text).first().waitFor({ timeout: 180_000 });
}

test("who keeps the system running sees how it fares, and leads everywhere from one page", async () => {
  const page = await as("admin");
  await page.goto(`${base}/admin`);
  assert.equal(await page.locator(".personas a").count(), 3, "the administrator sees no rules");
  await look(page, "admin");
  await page.click('a[href="/admin/system"]');
  assert.match(await page.locator("main").innerText(), /SQLite/);
  await look(page, "admin-system");
  assert.equal((await page.goto(`${base}/admin/packs`)).status(), 404);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a pack is changed by two people, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const days = javaScriptEnabled ? "12" : "13";
    const page = await as("centre", { javaScriptEnabled });
    await page.goto(`${base}/admin/packs`);
    if (javaScriptEnabled) await look(page, "packs");
    await page.click('a[href="/admin/packs/yizhang-2019"]');
    if (javaScriptEnabled) await look(page, "pack");
    await page.click('a[href="/admin/packs/yizhang-2019/edit"]');
    if (javaScriptEnabled) await look(page, "pack-edit");
    const form = page.locator("form.decide").first();
    const send = async (red) => {
      await form.locator("[name=red_to_days]").fill(red);
      await form.locator("[name=reason]").fill("县里定的天数");
      await form.locator("button").click();
    };
    await send("31");
    assert.match(await page.locator("[role=alert]").innerText(), /yizhang-2019\.toml:\d+:\d+: 天数要逐级增大/);
    assert.equal(await form.locator("[name=red_to_days]").inputValue(), "31", "what was typed stays");
    await send("many");
    assert.match(await page.locator("[role=alert]").innerText(), /要写数字/);
    await send(days);
    await page.waitForURL(/\/admin\/amendments\/\d+$/);
    await until(page, "笔贷款的颜色会变");
    if (javaScriptEnabled) await look(page, "amendment");
    assert.match(await page.locator(".effects tbody tr").first().innerText(), /→/, "red and yellow change");
    assert.ok((await page.locator(".effects tbody tr").count()) > 10, "by township");
    assert.equal(await page.locator('form[action$="/approve"]').count(), 0, "nobody approves their own work");

    // Somebody who wants to change the same pack sees the first proposal.
    const again = await as("centre", { javaScriptEnabled });
    await again.goto(`${base}/admin/packs/yizhang-2019/edit`);
    await again.locator("form.decide").first().locator("[name=red_to_days]").fill("9");
    await again.locator("form.decide").first().locator("[name=reason]").fill("另一个主意");
    await again.locator("form.decide").first().locator("button").click();
    assert.match(await again.locator("[role=alert]").innerText(), /正在等待批准/);

    const second = await as("supervisor", { javaScriptEnabled });
    assert.equal((await second.goto(`${base}/admin/packs/yizhang-2019/edit`)).status(), 404, "a supervisor proposes nothing");
    await second.goto(page.url());
    const deciding = second.locator('form[action$="/approve"]');
    await deciding.locator("button.danger").click();
    assert.match(await second.locator("[role=alert]").innerText(), /请写明理由/, "a no needs a reason");
    await deciding.locator("[name=reason]").fill("同意");
    await deciding.locator("button.main").click();
    await until(second, "已生效");
    assert.match(await second.locator("main").innerText(), /同意/);
    await page.goto(`${base}/admin/packs/yizhang-2019`);
    assert.match(await page.locator("main").innerText(), new RegExp(`0–${days}`));
    assert.match(await page.locator(".amendments").innerText(), /县里定的天数/);
  });
}

test("a year's rest days are pasted, checked, and rejected or put in force by somebody else", async () => {
  const page = await as("centre");
  await page.goto(`${base}/admin/calendar`);
  const form = page.locator("form.decide");
  const tell = async (list) => {
    await form.locator("[name=year]").fill("2027");
    await form.locator("[name=source]").fill("国办发明电〔2026〕某号（样例）");
    await form.locator("[name=list]").fill(list);
    await form.locator("[name=reason]").fill("录入通知");
    await form.locator("button").click();
  };
  await tell("一、元旦：1月1日至3日放假。1月4日上班。\n二、劳动节：5月1日至5日放假调休。\n2027-01-01 休");
  const faults = await page.locator("#tell [role=alert]").innerText();
  assert.match(faults, /第 1 行：2027-01-04 不是周六或周日/);
  assert.match(faults, /第 3 行：2027-01-01 写了两次/);
  await look(page, "calendar");
  await page.goto(`${base}/admin/calendar`);
  await tell("元旦：1月1日至3日放假\n劳动节：5月1日至5日放假。5月8日上班");
  assert.match(await page.locator("#tell .warn").innerText(), /10.*1.*没有写成休息日/s, "a second look at what is missing");
  await form.locator("button").click();
  await page.waitForURL(/\/admin\/amendments\/\d+$/);
  await until(page, "天的休息或上班会变");
  assert.match(await page.locator("main").innerText(), /2027-05-08/);
  const leader = await as("leader");
  await leader.goto(page.url());
  await leader.locator("[name=reason]").fill("国庆节还没有写");
  await leader.click("button.danger");
  assert.match(await leader.locator("main").innerText(), /未批准/);

  await page.goto(`${base}/admin/calendar`);
  await tell("元旦：1月1日至3日放假\n劳动节：5月1日至5日放假。5月8日上班\n国庆节：10月1日至7日放假调休");
  await page.waitForURL(/\/admin\/amendments\/\d+$/);
  await leader.goto(page.url());
  await leader.click("button.main");
  await until(leader, "已生效");
  await page.goto(`${base}/admin/calendar`);
  assert.match(await page.locator("details", { hasText: "2027" }).first().innerText(), /国办发明电〔2026〕某号/);
});

test("a village is added and renamed, and one where people live does not end", async () => {
  const page = await as("centre");
  await page.goto(`${base}/admin/places`);
  await look(page, "admin-places");
  await page.click('.lines a:has-text("白石渡镇")');
  await page.waitForURL(/\/admin\/places\/\d+$/);
  const township = page.url();
  const code = (await page.locator(".code").first().innerText()).slice(0, 9);
  const adding = page.locator('form[action$="/add"]');
  const add = async (wanted) => {
    if (!(await adding.isVisible())) await page.click("summary:has-text('增加村')");
    await adding.locator("[name=code]").fill(wanted);
    await adding.locator("[name=name]").fill("移民新村");
    await adding.locator("[name=reason]").fill("县政府批复");
    await adding.locator("button").click();
  };
  await add("43102");
  assert.match(await page.locator("[role=alert]").innerText(), new RegExp(`以 ${code} 开头`));
  assert.equal(await adding.locator("[name=code]").inputValue(), "43102", "what was typed stays");
  await add(`${code}398`);
  assert.match(await page.locator("main").innerText(), /已更新/);
  await page.click('.lines a:has-text("移民新村")');
  await page.click("summary:has-text('改名')");
  const naming = page.locator('form[action$="/rename"]');
  await naming.locator("[name=name]").fill("幸福新村");
  await naming.locator("[name=reason]").fill("村民会议决定");
  await naming.locator("button").click();
  assert.equal(await page.locator("h1").innerText(), "幸福新村");
  await look(page, "admin-place");
  await page.goto(township);
  await page.click('.lines a:has-text("白石渡村")');
  await page.click("summary:has-text('撤销')");
  await page.locator('form[action$="/end"] [name=reason]').fill("合并");
  await page.locator('form[action$="/end"] button').click();
  assert.match(await page.locator("[role=alert]").innerText(), /未结清的贷款/);
});
