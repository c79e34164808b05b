// The tutorial "Connecting over 4G": its page byte for byte, its two programs in C++, and every mix with ours.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Program, Robot, freePort, root, startServer, withAll } from "../lib/programs.mjs";

const page = `${root}examples/tutorial.html`;

async function exampleServer(add) {
  const port = await freePort();
  const server = add(new Program("example-server", [page, String(port)]));
  await server.line(/Open http/);
  return { port, url: `http://127.0.0.1:${port}` };
}

async function watch(add, url) {
  const browser = add(await launch());
  const tab = await browser.newPage();
  const said = [];
  tab.on("console", (message) => said.push(message.text()));
  await tab.goto(url);
  await watchFrames(tab);
  await freshFrames(tab, 20, { age: 1500 });
  return said;
}

test("the page is the tutorial's, byte for byte", () => {
  const digest = createHash("sha256").update(readFileSync(page)).digest("hex");
  assert.equal(digest, "8f1b2093b088257a53f88919421136ad08885632d6127526b0c57e2f05ad07dd");
});

test("tutorial server, tutorial robot, tutorial page", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
  const said = await watch(add, server.url);
  assert.ok(said.includes("Ready!"), "the page's own script came to its end");
  await robot.line(/Started WebRTC/);
}));

test("the tutorial robot may be started before its server", () => withAll(async (add) => {
  const port = await freePort();
  const robot = add(new Program("example-robot", [`ws://127.0.0.1:${port}/ws`]));
  await robot.line(/refused|listens|running/i);
  const server = add(new Program("example-server", [page, String(port)]));
  await server.line(/Open http/);
  await new Promise((resolve, reject) => {
    const ask = () => fetch(`http://127.0.0.1:${port}/connect`, { method: "POST", body: '{"type":"ping"}' })
      .then((r) => (r.status === 503 ? setTimeout(ask, 50) : resolve()), reject);
    ask();
  });
}));

test("our robot on the tutorial server: bare protocol", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = add(new Robot(server.port));
  await robot.online();
  await watch(add, server.url);
  await watch(add, server.url);  // and again: it did not end after one
}));

test("the tutorial robot and page on our server", () => withAll(async (add) => {
  const server = add(await startServer(["--page", page]));
  add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
  await server.line(/online|connected/i);
  await watch(add, server.url);
}));

test("our robot behind our server, and the tutorial page", () => withAll(async (add) => {
  const server = add(await startServer(["--page", page]));
  const robot = add(new Robot(server.port));
  await robot.online();
  await watch(add, server.url);
}));

test("the ten lines of the README take viewers one after the other", () => withAll(async (add) => {
  const server = add(await startServer());
  add(new Program("example-many_viewers", [`ws://127.0.0.1:${server.port}/ws`]));
  await server.line(/online|connected/i);
  await watch(add, server.url);
  await watch(add, server.url);
}));
