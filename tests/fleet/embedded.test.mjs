// The server within another program (examples/embedded_server.cpp), and a web app in place of the built-in page.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { markOf, offer } from "../lib/offers.mjs";
import { Program, eventually, freePort, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { answerAll, ask } from "./support/wire.mjs";

test("a program with the server in it decides who is who, and has an address of its own", () => withAll(async (add) => {
  const port = await freePort();
  const program = add(new Program("example-embedded_server", [String(port)]));
  await eventually("the server to listen", () => ask(port, "/healthz").then(({ status }) => status === 200, () => false));
  assert.equal((await ask(port, "/")).status, 401);
  assert.equal((await RawSocket.dial(port, { path: "/rover" })).status, 401);
  const robot = add(await RawSocket.dial(port, { path: "/rover", headers: { Authorization: "Bearer rover-key" } }));
  assert.equal(robot.status, 101);
  add(answerAll(robot));
  await program.line(/^rover is online$/);
  const entered = await ask(port, "/enter/ann");
  assert.deepEqual([entered.status, entered.headers.location], [303, "../"]);
  const headers = { Cookie: entered.headers["set-cookie"][0].split(";")[0] };
  assert.equal((await ask(port, "/rover", { headers })).status, 200);
  const answered = await ask(port, "/rover", { method: "POST", body: JSON.stringify(offer("x")), headers });
  assert.equal(markOf(answered.json), "x");
  const elsewhere = { ...headers, Origin: "https://evil.example" };
  const foreign = await ask(port, "/rover", { method: "POST", body: JSON.stringify(offer("y")), headers: elsewhere });
  assert.equal(foreign.status, 403, "a page of another site has the cookie too");
  assert.equal((await program.stop()).code, 0);
}));

test("a folder with a web app takes the page's place, and nothing beside it can be read", () => withAll(async (add) => {
  const folder = mkdtempSync(`${tmpdir()}/web-app-`);
  add({ stop: () => rmSync(folder, { recursive: true }) });
  const app = `${folder}/dist`;
  mkdirSync(`${app}/assets`, { recursive: true });
  writeFileSync(`${folder}/secret.txt`, "secret");
  writeFileSync(`${app}/index.html`, "<!doctype html><title>app</title><script type=module src=./assets/app-1a2b.js></script>");
  writeFileSync(`${app}/assets/app-1a2b.js`, "run()");
  writeFileSync(`${app}/.env`, "KEY=1");
  symlinkSync(`${folder}/secret.txt`, `${app}/link.txt`);
  const server = add(await startServer(["--page", app]));
  for (const path of ["/", "/rover", "/index.html"]) {
    const page = await ask(server.port, path);
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"], path);
    assert.match(page.text, /<title>app/);
    assert.equal(page.headers["content-security-policy"], "frame-ancestors 'none'");
  }
  const script = await ask(server.port, "/assets/app-1a2b.js");
  assert.deepEqual([script.status, script.text, script.headers["content-type"]], [200, "run()", "application/javascript; charset=utf-8"]);
  const again = await ask(server.port, "/assets/app-1a2b.js", { headers: { "If-None-Match": script.headers.etag } });
  assert.deepEqual([again.status, again.text], [304, ""]);
  for (const path of ["/.env", "/assets/../.env", "/assets/none.js", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt"]) {
    const answer = await ask(server.port, path);
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /secret|KEY/);
  }
  assert.match((await ask(server.port, "/link.txt")).text, /<title>app/, "a link is no file; this is the page of a robot");
  assert.equal((await ask(server.port, "/rtcbot.js")).status, 200, "the library is still there");
}));
