// A demo of its own and a browser for the journeys of one file.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

export const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
export const pictures = resolve(here, process.env.BANGFU_PICTURES ?? "pictures");
const folder = mkdtempSync(join(tmpdir(), "bangfu-e2e-"));
let server;
export let base, browser;

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
  server?.removeAllListeners("exit");
  server?.kill("SIGINT");
  await new Promise((done) => (server?.exitCode === null ? server.once("exit", done) : done()));
  rmSync(folder, { recursive: true, force: true });
});
