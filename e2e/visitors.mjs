// Visitors of a journey: who comes with a browser of their own, signs in, and looks at a page.
import assert from "node:assert/strict";
import { join } from "node:path";
import { base, browser, pictures } from "./demo.mjs";

const nobody = { storageState: undefined };

export async function visitor(options = {}) {
  const context = await browser.newContext({ ...nobody, viewport: { width: 1280, height: 900 }, ...options });
  return { context, page: await context.newPage() };
}

export async function signIn(page, login, password) {
  await page.goto(`${base}/sign-in`);
  const form = page.locator("form.pair");
  await form.locator("[name=login]").fill(login);
  await form.locator("[name=password]").fill(password);
  await form.locator("button").click();
}

export async function as(page, login) {
  await page.goto(`${base}/sign-in`);
  await page.click(`form:has(input[name=login][value=${login}]) button`);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

export async function look(page, name) {
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
