// A token is made, noted down, tried on the page that reads the API out, and ended.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { base, browser, pictures } from "./demo.mjs";

async function administrator(options = {}) {
  const context = await browser.newContext({ storageState: undefined, viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await page.click("form:has(input[name=login][value=admin]) button");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return { context, page };
}

async function make(page, name, scopes) {
  await page.goto(`${base}/tokens`);
  const form = page.locator('form[action="/tokens"]');
  await form.locator("[name=name]").fill(name);
  await form.locator("[name=role]").selectOption("centre-clerk");
  for (const scope of scopes) await form.locator(`[value="${scope}"]`).check();
  await form.locator("button").click();
}

const call = (path, token) => fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });

test("a token is shown once, opens what it names, is tried on the page, and ends at once", async () => {
  const { context, page } = await administrator();
  await make(page, "农商银行对账", []);
  assert.match(await page.locator("[role=alert]").innerText(), /至少选一项/);
  assert.equal(await page.locator('form[action="/tokens"] [name=name]').inputValue(), "农商银行对账", "what was typed stays");
  await make(page, "农商银行对账", ["loans:read", "differences:read"]);
  const token = await page.locator("code.secret").innerText();
  assert.match(token, /^bangfu_[0-9a-f]{64}$/);
  await page.goto(`${base}/tokens`);
  assert.ok(!(await page.content()).includes(token), "it is shown this once");
  assert.equal(await page.locator("tbody tr").count(), 1);
  assert.equal((await call("/api/v1/loans?limit=1", token)).status, 200);
  assert.equal((await call("/api/v1/households", token)).status, 403);

  // The page that reads the API out speaks to this server alone, and the policy lets nothing in it be written by hand.
  const elsewhere = [], complaints = [];
  page.on("request", (request) => request.url().startsWith(base) || elsewhere.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${base}/api`);
  await page.fill("#api-token", token);
  const list = page.locator("#list_loans");
  await list.locator("summary").click();
  await list.locator('[data-name="state"]').fill("red");
  await list.locator('[data-name="limit"]').fill("2");
  await list.locator("[data-send]").click();
  await list.locator("[data-answer]").waitFor();
  assert.equal(await list.locator("[data-status]").innerText(), "200");
  const told = JSON.parse(await list.locator("[data-text]").innerText());
  assert.deepEqual(told.items.map((loan) => loan.standing), ["red", "red"]);
  const curl = await list.locator("[data-command]").innerText();
  assert.ok(curl.includes("state=red") && curl.includes("$TOKEN") && !curl.includes(token), curl);
  await page.screenshot({ path: join(pictures, "api-tried.png"), fullPage: true });
  assert.deepEqual(elsewhere, []);
  const missing = page.locator("#get_loan");
  await missing.locator("summary").click();
  await missing.locator('[data-name="id"]').fill("1");
  await missing.locator("[data-send]").click();
  await missing.locator("[data-answer]").waitFor();
  assert.equal(JSON.parse(await missing.locator("[data-text]").innerText()).code, "not-found");
  assert.deepEqual(complaints.filter((text) => !/404/.test(text)), [], "the policy had nothing to forbid");

  await page.goto(`${base}/tokens`);
  await page.click("tbody tr form button");
  assert.match(await page.locator("[role=status]").innerText(), /已停用/);
  assert.equal((await call("/api/v1/loans", token)).status, 401);
  await context.close();
});

test("tokens and what is told of the API can be had without a script, in both languages and on a phone", async () => {
  const { context, page } = await administrator({ javaScriptEnabled: false });
  await make(page, "without a script", ["closes:read"]);
  assert.match(await page.locator("code.secret").innerText(), /^bangfu_/);
  for (const lang of ["zh", "en"]) {
    await context.addCookies([{ name: "lang", value: lang, url: base }]);
    for (const path of ["/tokens", "/api"]) {
      await page.setViewportSize({ width: 360, height: 900 });
      await page.goto(`${base}${path}`);
      await page.screenshot({ path: join(pictures, `${path.slice(1)}-${lang}-360.png`), fullPage: true });
    }
    assert.equal(await page.locator("[data-operation]").count(), 27);
    assert.ok(!(await page.locator("[data-send]").first().isVisible()), "what would do nothing is not shown");
  }
  const answer = await page.request.get(`${base}/api/v1/openapi.json`);
  assert.equal((await answer.json()).openapi, "3.1.0");
  await context.close();
});
