// A demo of its own and a browser for the journeys of one file. The book is a copy of one that `npm test` makes once for
// all (BANGFU_DEMO, its folder); a file that is run by itself makes its own.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { served, stopped } from "./server.mjs";

export const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
export const pictures = resolve(here, process.env.BANGFU_PICTURES ?? "pictures");
const folder = mkdtempSync(join(tmpdir(), "bangfu-e2e-"));
let server;
export let base, browser;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  if (process.env.BANGFU_DEMO) cpSync(process.env.BANGFU_DEMO, folder, { recursive: true });
  ({ server, base } = await served(folder));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  // Whoever opens a browser window in a journey is the county centre's clerk, unless the journey signs in itself.
  const open = browser.newContext.bind(browser);
  const storageState = await signedIn(open, "centre");
  browser.newContext = (options) => open({ storageState, ...options });
});

/** What the browser keeps of somebody of the demo who has signed in. */
export async function signedIn(open, login) {
  const context = await open();
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await page.click(`form:has(input[name=login][value=${login}]) button`);
  await page.waitForURL(`${base}/**`);
  const kept = await context.storageState();
  await context.close();
  return kept;
}

after(async () => {
  await browser?.close();
  await stopped(server);
  rmSync(folder, { recursive: true, force: true });
});
