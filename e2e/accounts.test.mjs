// Signing in, the first password, posts, and what each sees.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

const nobody = { storageState: undefined };

async function visitor(options = {}) {
  const context = await browser.newContext({ ...nobody, viewport: { width: 1280, height: 900 }, ...options });
  return { context, page: await context.newPage() };
}

async function signIn(page, login, password) {
  await page.goto(`${base}/sign-in`);
  const form = page.locator("form.pair");
  await form.locator("[name=login]").fill(login);
  await form.locator("[name=password]").fill(password);
  await form.locator("button").click();
}

async function as(page, login) {
  await page.goto(`${base}/sign-in`);
  await page.click(`form:has(input[name=login][value=${login}]) button`);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

async function look(page, name) {
  for (const [lang, width] of [["zh", 1280], ["en", 1280], ["zh", 360], ["en", 360]]) {
    await page.context().addCookies([{ name: "lang", value: lang, url: base }]);
    await page.setViewportSize({ width, height: 900 });
    await page.goto(page.url());
    await page.screenshot({ path: join(pictures, `${name}-${lang}-${width}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${name} in ${lang} is ${wide} wide at ${width}`);
  }
  await page.context().addCookies([{ name: "lang", value: "zh", url: base }]);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(page.url());
}

for (const javaScriptEnabled of [true, false]) {
  test(`an account is made, and its first password changed, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const login = javaScriptEnabled ? "li.na" : "li.nb";
    const own = "三棵老樟树下见面不见不散";
    const office = await visitor({ javaScriptEnabled });
    await as(office.page, "admin");
    assert.equal(new URL(office.page.url()).pathname, "/");
    await office.page.goto(`${base}/accounts`);
    if (javaScriptEnabled) await look(office.page, "accounts");
    const making = office.page.locator('form[action="/accounts"]');
    await making.locator("[name=name]").fill("李娜");
    await making.locator("[name=login]").fill(login);
    await making.locator("[name=role]").selectOption("centre-clerk");
    const township = making.locator("[name=area] optgroup").nth(1).locator("option").first();
    const place = await township.innerText();
    await making.locator("[name=area]").selectOption(await township.getAttribute("value"));
    await making.locator("button").click();
    const first = await office.page.locator(".slip code").nth(1).innerText();
    assert.match(first, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    // A township has one clerk of that name already.
    await office.page.goto(`${base}/accounts`);
    await making.locator("[name=name]").fill("李娜");
    await making.locator("[name=login]").fill(login.toUpperCase());
    await making.locator("button").click();
    assert.match(await office.page.locator("[role=alert]").innerText(), /已经有人用了/);
    assert.equal(await making.locator("[name=name]").inputValue(), "李娜", "what was typed stays");

    const { page, context } = await visitor({ javaScriptEnabled });
    await page.goto(`${base}/loans?state=red`);
    assert.equal(new URL(page.url()).pathname, "/sign-in", "nothing is seen before");
    await signIn(page, login, "wrong");
    assert.match(await page.locator("[role=alert]").innerText(), /登录名或密码不对/);
    await signIn(page, login, first);
    await page.goto(`${base}/loans`);
    assert.equal(new URL(page.url()).pathname, "/me", "work begins with a password of one's own");
    if (javaScriptEnabled) await look(page, "first-password");
    const change = page.locator('form[action="/me/password"]');
    const choose = async (wanted, again = wanted) => {
      await change.locator("[name=before]").fill(first);
      await change.locator("[name=wanted]").fill(wanted);
      await change.locator("[name=again]").fill(again);
      await change.locator("button").click();
    };
    await choose("password1234");
    assert.match(await page.locator(".card [role=alert]").innerText(), /太常见/);
    await choose(own, `${own}！`);
    assert.match(await page.locator(".card [role=alert]").innerText(), /两遍/);
    await choose(own);
    await page.waitForURL(`${base}/`);
    assert.match(await page.locator("main").innerText(), /密码已修改/);
    const rows = page.locator(".matrix tbody th");
    assert.deepEqual((await rows.allInnerTexts()).map((text) => text.trim()), [place], "one township is all there is");
    assert.equal(await page.locator('.menu a[href="/import"]').count(), 0);
    assert.equal((await page.goto(`${base}/import`)).status(), 404);
    assert.equal((await page.goto(`${base}/accounts`)).status(), 404);

    // Another post, and the way to it.
    await office.page.goto(`${base}/accounts`);
    await office.page.click(`tr:has-text("${login}") a`);
    const giving = office.page.locator('form[action$="/post"]');
    await giving.locator("[name=role]").selectOption("supervisor");
    await giving.locator("[name=area]").selectOption("county-0");
    await giving.locator("button").click();
    assert.match(await office.page.locator("main").innerText(), /督查 · 宜章县/);
    if (javaScriptEnabled) await look(office.page, "account");
    await page.goto(`${base}/me`);
    if (javaScriptEnabled) await look(page, "me");
    await page.click('form[action="/me/post"] button');
    await page.waitForURL(`${base}/`);
    assert.equal(await page.locator(".matrix tbody th").count(), 19, "a supervisor of the county sees every township");
    // The post is taken away, and with it what is done at it.
    await office.page.click('li:has-text("督查") button');
    await page.goto(`${base}/loans`);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await signIn(page, login, own);
    const kept = (await context.cookies()).find((cookie) => cookie.name === "session");
    assert.ok(kept.httpOnly && kept.sameSite === "Strict");
    await page.goto(`${base}/me`);
    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(`${base}/sign-in`);
    await context.addCookies([kept]);
    await page.goto(`${base}/loans`);
    assert.equal(new URL(page.url()).pathname, "/sign-in", "what is replayed after signing out opens nothing");
    await office.context.close();
    await context.close();
  });
}

test("signing in leads back to where one wanted to go, with the keyboard alone", async () => {
  const { page, context } = await visitor();
  await page.goto(`${base}/loans?day=2019-06-17&state=red`);
  assert.match(page.url(), /\/sign-in\?back=/);
  await page.keyboard.type("centre");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo-only-not-secret");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/loans\?day=2019-06-17&state=red/);
  assert.equal(await page.locator("#list tbody tr").count() > 0, true);
  await context.close();
});

test("a form of another page does nothing", async () => {
  const { page, context } = await visitor();
  await as(page, "centre");
  const answer = await page.evaluate(async () => (await fetch("/next-day", { method: "POST" })).status);
  assert.equal(answer, 403);
  await page.goto(`${base}/`);
  assert.match(await page.locator("body").innerText(), /2019-06-17/);
  await context.close();
});

test("the page for signing in, in both languages, wide and on a phone", async () => {
  const { page, context } = await visitor();
  await page.goto(`${base}/sign-in`);
  await look(page, "sign-in");
  await context.close();
});
