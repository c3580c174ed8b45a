// Journeys through the demo in a real browser: what a visitor clicks in the first two minutes.
//
//   BANGFU_BIN=…/bangfu CHROMIUM=…/chromium npm test
//   BANGFU_PICTURES=../docs/pictures        also keeps the pictures that the README shows
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const pictures = resolve(here, process.env.BANGFU_PICTURES ?? "pictures");
const folder = mkdtempSync(join(tmpdir(), "bangfu-e2e-"));
let server, base, browser;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  const address = `sqlite:${join(folder, "demo.db")}`;
  server = spawn(process.env.BANGFU_BIN, ["--database", address, "demo"], { stdio: ["ignore", "pipe", "inherit"] });
  base = await new Promise((found, failed) => {
    let said = "";
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const address = /http:\/\/[^\s/]+/.exec(said);
      if (address) found(address[0]);
    });
    server.on("exit", (code) => failed(new Error(`the demo ended with ${code}: ${said}`)));
  });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  server?.kill("SIGINT");
  await new Promise((done) => (server?.exitCode === null ? server.once("exit", done) : done()));
  rmSync(folder, { recursive: true, force: true });
});

async function visit(path, { lang = "zh", width = 1280 } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, acceptDownloads: true });
  await context.addCookies([{ name: "lang", value: lang, url: base }]);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) faults.push(`asks ${request.url()}`);
  });
  await page.goto(base + path);
  return { page, faults, done: () => context.close() };
}

const number = async (page, selector) => Number((await page.locator(selector).first().innerText()).replaceAll(",", ""));

test("board, red number, its list, a loan and why it is red", async () => {
  const { page, faults, done } = await visit("/");
  assert.match(await page.locator("body").innerText(), /演示数据，非真实/);
  await page.screenshot({ path: join(pictures, "board.png"), fullPage: true });
  const red = await number(page, ".st-red .figure-loans b");
  assert.equal(red, 43);
  await page.click(".figure.st-red a");
  assert.match(page.url(), /state=red/);
  assert.match(await page.locator("main").innerText(), new RegExp(`${red} 笔`));
  await page.locator('main a[href^="/loans/"]').filter({ hasNotText: /Excel|CSV/ }).first().click();
  assert.match(await page.locator("main").innerText(), /为什么是“红色预警”/);
  await page.screenshot({ path: join(pictures, "loan.png"), fullPage: true });
  assert.deepEqual(faults, []);
  await done();
});

test("the messy ledger again: every bad row with its place and cure, and the rows to mend", async () => {
  const { page, faults, done } = await visit("/import");
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  await page.setInputFiles('input[name="file"]', resolve(here, "../demo/yizhang/ledger.xlsx"));
  await page.click("button.btn.main");
  await page.waitForURL(/\/import\/\d+$/, { timeout: 120_000 });
  const text = await page.locator("main").innerText();
  assert.match(text, /6,918/);
  assert.match(text, /45/);
  const all = await page.locator("main").textContent();
  assert.match(all, /第 227 行/);
  assert.match(all, /把这一列设为“文本”/);
  await page.screenshot({ path: join(pictures, "import.png") });
  const [download] = await Promise.all([page.waitForEvent("download"), page.click('a[href$="rejects.xlsx"]')]);
  assert.match(download.suggestedFilename(), /xlsx$/);
  assert.deepEqual(faults, []);
  await done();
});

test("a file that is no table is refused in words, and nothing is lost", async () => {
  const { page, done } = await visit("/import");
  await page.check('input[name="kind"][value="ledger"]', { force: true });
  const file = { name: "a.xlsx", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 nothing") };
  await page.setInputFiles('input[name="file"]', file);
  await page.click("button.btn.main");
  await page.getByText("PDF").waitFor({ timeout: 60_000 });
  await done();
});

test("every page in both languages, wide and on a phone, without a sideways scroll", async () => {
  for (const lang of ["zh", "en"]) {
    for (const width of [1280, 360]) {
      for (const path of ["/", "/?by=village", "/?by=branch", "/?by=officer", "/?day=2019-05-20", "/loans", "/loans?state=overdue", "/loans?q=王", "/import", "/imports", "/differences", "/divisions", "/officers"]) {
        const { page, faults, done } = await visit(path, { lang, width });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${lang} ${width} ${path} is ${wide} wide`);
        assert.match(await page.locator("body").innerText(), lang === "zh" ? /演示数据，非真实/ : /not real/i);
        assert.deepEqual(faults, [], path);
        if (width === 360 && path === "/") await page.screenshot({ path: join(pictures, `board-phone-${lang}.png`) });
        await done();
      }
    }
  }
});

test("what is not there is said so", async () => {
  const { page, done } = await visit("/loans/999999999");
  assert.match(await page.locator("main").innerText(), /没有/);
  await done();
});

test("the next day closes before the visitor's eyes", async () => {
  const { page, faults, done } = await visit("/");
  await page.getByRole("button", { name: /下一天/ }).click();
  await page.waitForURL(/fresh/);
  assert.match(await page.locator("main").innerText(), /已更新到 2019年6月18日/);
  assert.equal(await number(page, ".st-red .figure-loans b"), 45);
  await page.screenshot({ path: join(pictures, "next-day.png") });
  assert.deepEqual(faults, []);
  await done();
});
