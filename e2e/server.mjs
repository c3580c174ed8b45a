// `bangfu demo` over the book of a folder.
import { spawn } from "node:child_process";
import { join } from "node:path";

/** The server, and where its pages are, as soon as they are. Makes the book where the folder has none. */
export async function served(folder) {
  const address = `sqlite:${join(folder, "demo.db")}`;
  const server = spawn(process.env.BANGFU_BIN, ["--database", address, "demo"], { stdio: ["ignore", "pipe", "inherit"] });
  const base = await new Promise((found, failed) => {
    let said = "";
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const address = /http:\/\/[^\s/]+/.exec(said);
      if (address) found(address[0]);
    });
    server.on("exit", (code) => failed(new Error(`the demo ended with ${code}: ${said}`)));
  });
  return { server, base };
}

/** Ends it, and waits until its book is closed. */
export async function stopped(server) {
  server?.removeAllListeners("exit");
  server?.kill("SIGINT");
  await new Promise((done) => (server?.exitCode === null ? server.once("exit", done) : done()));
}
