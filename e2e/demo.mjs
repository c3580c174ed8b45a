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
});

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  server?.kill("SIGINT");
  await new Promise((done) => (server?.exitCode === null ? server.once("exit", done) : done()));
  rmSync(folder, { recursive: true, force: true });
});
