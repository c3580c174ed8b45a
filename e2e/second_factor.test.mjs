// A second factor: set up, asked for, taken off.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { base, pictures } from "./demo.mjs";
import { as, look, signIn, visitor } from "./visitors.mjs";

/** What a phone shows in so many seconds (RFC 6238). */
function code(secret, ahead = 0) {
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((sign) => signs.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + ahead) / 30)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}

for (const javaScriptEnabled of [true, false]) {
  test(`a second factor is set up, asked for and taken off, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const login = javaScriptEnabled ? "he.ping" : "he.qing";
    const own = "三棵老樟树下见面不见不散";
    const office = await visitor({ javaScriptEnabled });
    await as(office.page, "admin");
    await office.page.goto(`${base}/accounts`);
    const making = office.page.locator('form[action="/accounts"]');
    await making.locator("[name=name]").fill("何平");
    await making.locator("[name=login]").fill(login);
    await making.locator("[name=role]").selectOption("supervisor");
    await making.locator("[name=area]").selectOption("county-0");
    await making.locator("button").click();
    const first = await office.page.locator(".slip code").nth(1).innerText();

    const { page, context } = await visitor({ javaScriptEnabled });
    await signIn(page, login, first);
    await page.goto(`${base}/me`);
    const change = page.locator('form[action="/me/password"]');
    for (const [name, value] of [["before", first], ["wanted", own], ["again", own]]) {
      await change.locator(`[name=${name}]`).fill(value);
    }
    await change.locator("button").click();
    await page.waitForURL(`${base}/`);

    // Set up.
    await page.goto(`${base}/me`);
    await page.click('a[href="/me/second-factor"]');
    if (javaScriptEnabled) await look(page, "second-factor-off");
    await page.click('form[action="/me/second-factor/begin"] button');
    if (javaScriptEnabled) await look(page, "second-factor-begun");
    const secret = (await page.locator(".slip code").innerText()).replaceAll(" ", "");
    assert.match(secret, /^[A-Z2-7]{32}$/);
    const picture = await page.locator("svg.qr").boundingBox();
    assert.ok(picture.width >= 200 && Math.abs(picture.width - picture.height) < 1, "a phone can read it");
    const confirm = page.locator('form[action="/me/second-factor/confirm"]');
    await confirm.locator("[name=code]").fill("000");
    await confirm.locator("button").click();
    assert.match(await page.locator("[role=alert]").innerText(), /验证码不对/);
    await confirm.locator("[name=code]").fill(code(secret));
    await confirm.locator("button").click();
    const papers = await page.locator(".codes code").allInnerTexts();
    assert.equal(papers.length, 10);
    if (javaScriptEnabled) await page.screenshot({ path: join(pictures, "second-factor-codes.png"), fullPage: true });
    await page.click("a.btn.main");
    await page.goto(`${base}/me/second-factor`);
    assert.match(await page.locator("main").innerText(), /还有 10 个没有用过/);
    if (javaScriptEnabled) await look(page, "second-factor-on");

    // Signed out, and in again: the password, then the code.
    await page.goto(`${base}/me`);
    await page.click('form[action="/sign-out"] button');
    await page.goto(`${base}/loans?day=2019-06-17&state=red`);
    const form = page.locator("form.pair");
    await form.locator("[name=login]").fill(login);
    await form.locator("[name=password]").fill(own);
    await form.locator("button").click();
    await page.waitForURL(`${base}/sign-in/code?**`);
    assert.equal((await context.cookies()).some((cookie) => cookie.name === "session"), false);
    if (javaScriptEnabled) await look(page, "sign-in-code");
    await page.locator("[name=code]").fill("123 45");
    await page.locator("form.pair button").click();
    assert.match(await page.locator("[role=alert]").innerText(), /验证码不对/);
    await page.locator("[name=code]").fill(code(secret, 30));
    await page.locator("form.pair button").click();
    await page.waitForURL(/\/loans\?day=2019-06-17&state=red/);

    // The phone is lost: a code on paper, once.
    for (const [expected, paper] of [["/", papers[4]], ["/sign-in/code", papers[4]], ["/", papers[5].toUpperCase()]]) {
      await context.clearCookies();
      await signIn(page, login, own);
      await page.locator("[name=code]").fill(paper);
      await page.locator("form.pair button").click();
      await page.waitForURL((url) => url.pathname === expected || (expected !== "/" && url.pathname === "/sign-in/code"));
      assert.equal(new URL(page.url()).pathname, expected);
    }

    // Everything is lost: the administrator takes it off, and the password is enough.
    await office.page.goto(`${base}/accounts`);
    await office.page.click(`tr:has-text("${login}") a`);
    await office.page.click('form[action$="/second-factor/off"] button');
    assert.equal(await office.page.locator('form[action$="/second-factor/off"]').count(), 0);
    await page.goto(`${base}/loans`);
    assert.equal(new URL(page.url()).pathname, "/sign-in", "its sessions ended");
    await signIn(page, login, own);
    await page.waitForURL(`${base}/`);
    await office.context.close();
    await context.close();
  });
}
