// Numbers shown whole, numbers erased, and access outside the own area: with a script and without one, wide and on a phone.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium node --test privacy.test.mjs
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures, signedIn } from "./demo.mjs";
import { as, visitor } from "./visitors.mjs";

const whole = /\b431099\d{11}[\dX]\b/;

async function fits(page, name) {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name} ${width}: a sideways scroll of ${wide}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Opens the red loan of a row, or its household. */
async function open(page, from, row = 0) {
  await page.goto(`${base}/loans?state=red`);
  await page.locator("table tbody tr").nth(row).locator("a[href^='/loans/']").first().click();
  await page.waitForURL(/\/loans\/\d+/);
  if (from === "household") {
    await page.click("main a[href^='/households/']");
    await page.waitForURL(/\/households\/\d+/);
  }
  return page.url();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "in its place" : "on a page of its own";
  for (const from of ["loan", "household"]) {
    test(`a number of a ${from} is shown once, ${how}`, async () => {
      const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
      const opened = await open(page, from);
      assert.doesNotMatch(await page.content(), whole);
      if (from === "household" && javaScriptEnabled) await fits(page, "household-members");
      await page.locator("a.ask[href*='kind=identity']").first().click();
      await page.waitForSelector(".unmask form");
      assert.equal(page.url() === opened, javaScriptEnabled, how);
      if (javaScriptEnabled) {
        // A reason of blanks passes the browser and is refused with what was chosen kept.
        await page.selectOption(".unmask select", "核对身份");
        await page.fill(".unmask input[name=reason]", "  ");
        await page.click(".unmask button");
        await page.waitForSelector(".unmask [role=alert]");
        assert.equal(await page.inputValue(".unmask select"), "核对身份");
      }
      await page.selectOption(".unmask select", "与银行核对");
      await page.fill(".unmask input[name=reason]", `${from} ${how}`);
      if (!javaScriptEnabled) await fits(page, `unmask-${from}`);
      await page.click(".unmask button");
      await page.waitForSelector(".unmask .whole");
      assert.match(await page.locator(".unmask .whole").innerText(), whole);
      assert.equal(page.url() === opened, javaScriptEnabled, how);
      await page.goto(opened);
      assert.doesNotMatch(await page.content(), whole, "a look later it is masked again");
      await page.goto(`${base}/unmaskings`);
      assert.match(await page.locator("table.unmaskings tbody tr").first().innerText(), new RegExp(`${from} ${how}`));
      assert.doesNotMatch(await page.content(), whole, "the record holds no number");
      await fits(page, "unmaskings");
    });
  }

  test(`numbers are erased by two people, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const centre = await (await browser.newContext({ javaScriptEnabled })).newPage();
    const household = await open(centre, "household", javaScriptEnabled ? 3 : 4);
    await centre.locator("a[href*='/erase?']").first().click();
    await centre.waitForURL(/\/erase\?/);
    await fits(centre, "erase");
    await centre.fill("main textarea[name=reason]", "本人要求");
    await centre.click("main form button");
    await centre.waitForURL(/\/erasures\/\d+$/);
    assert.equal(await centre.locator("form[action$='/approve']").count(), 0, "nobody approves their own work");
    const { page: leader } = await visitor({ javaScriptEnabled });
    await as(leader, "leader");
    await leader.goto(`${base}/`);
    await leader.click("main a[href='/erasures']");
    await leader.click("main ul.lines a");
    await leader.waitForURL(/\/erasures\/\d+$/);
    await fits(leader, "erasure");
    await leader.click("form[action$='/approve'] button.main");
    await leader.waitForSelector(".tag.good");
    await leader.goto(`${base}/erasures`);
    await fits(leader, "erasures");
    await centre.goto(household);
    assert.match(await centre.locator("main").innerText(), /已抹去/);
  });
}

test("a household outside the own area opens when somebody there grants it, and ends when they end it", async () => {
  const centre = await (await browser.newContext()).newPage();
  const window = (options) => browser.newContext({ storageState: undefined, ...options });
  const clerk = await (await window({ storageState: await signedIn(() => window({ storageState: { cookies: [], origins: [] } }), "station") })).newPage();
  await clerk.goto(`${base}/loans?state=any`);
  const own = await clerk.locator("table tbody tr").allInnerTexts();
  await centre.goto(`${base}/loans?state=red`);
  const numbers = (await centre.locator("table tbody tr").allInnerTexts()).map((row) => /\d{16,}/.exec(row)?.[0]).filter(Boolean);
  const number = numbers.find((one) => !own.some((row) => row.includes(one)));
  assert.ok(number, "a loan elsewhere");
  await clerk.goto(`${base}/access`);
  await clerk.fill("input[name=number]", number);
  await clerk.fill("input[name=reason]", "本人跨镇来办展期");
  await fits(clerk, "access-ask");
  await clerk.click("main form[action='/access'] button");
  await clerk.waitForSelector("table.grants");
  assert.match(await clerk.locator("table.grants").innerText(), /等待同意/);
  await centre.goto(`${base}/access`);
  await fits(centre, "access-overseen");
  await centre.click("form[action$='/grant'] button");
  await centre.waitForSelector("form[action$='/end']");
  await clerk.goto(`${base}/access`);
  await clerk.click("table.grants a");
  await clerk.waitForSelector("aside.through");
  await clerk.click("main ul.lines a");
  await clerk.waitForSelector("h1");
  assert.match(await clerk.locator("aside.through").innerText(), /临时授权查阅/);
  assert.doesNotMatch(await clerk.content(), whole);
  assert.equal(await clerk.locator("main a.ask").count(), 0, "it stays masked");
  await fits(clerk, "access-loan");
  await centre.click("form[action$='/end'] button");
  await centre.waitForURL(/\/access$/);
  const gone = await clerk.reload();
  assert.equal(gone.status(), 422);
});
