// Makes the demo's book once, and runs all journeys, each file over a copy of it: two files at a time.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { served, stopped } from "./server.mjs";

const folder = mkdtempSync(join(tmpdir(), "bangfu-e2e-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const { server } = await served(folder);
await stopped(server);
const run = spawn(process.execPath, ["--test", "--test-concurrency=2", ...process.argv.slice(2)], {
  env: { ...process.env, BANGFU_DEMO: folder },
  stdio: "inherit",
});
run.on("exit", (code) => process.exit(code ?? 1));
