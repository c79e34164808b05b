// A page of another origin that uses a robot here: with rtcbot.mjs and rtcbot.js of this server, with and without credentials.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Robot, startServer, withAll } from "../lib/programs.mjs";
import { Credentials } from "../fleet/support/credentials.mjs";

/** A site of its own; its page takes the library from `server`, as a module or as a script. */
async function anotherSite(add) {
  const site = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Another site</title><video autoplay muted playsinline></video>");
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  add({ stop: () => new Promise((resolve) => (site.closeAllConnections(), site.close(resolve))) });
  return `http://localhost:${site.address().port}`;
}

/** Loads the library from the server into that page, as pages do that know nothing else of it. */
const load = (page, server, form) => page.evaluate(async ([url, as]) => {
  if (as === "module") window.rtcbot = await import(`${url}/rtcbot.mjs`);
  else await new Promise((resolve, reject) => {
    const script = document.head.appendChild(document.createElement("script"));
    Object.assign(script, { src: `${url}/rtcbot.js`, onload: resolve, onerror: () => reject(new Error("rtcbot.js was kept out")) });
  });
}, [server.url, form]);

/** Connects, and gives the first error, or the picture's width. */
const connect = (page, options) => page.evaluate((given) => new Promise((resolve) => {
  const video = document.querySelector("video");
  const link = (window.link = window.rtcbot.connect({ video, ...given, onState: ({ error }) => error && resolve(error.message) }));
  video.requestVideoFrameCallback(() => resolve(link.state));
}), options);

async function site(add, args, { credentials, env } = {}) {
  const origin = await anotherSite(add);
  const flags = ["--allow-origin", origin, ...args];
  const server = add(await (credentials ? credentials.start(flags, { env }) : startServer(flags, { env })));
  const token = credentials?.token("robot", ["rover"]);
  const robot = add(new Robot(server.port, [], { path: "/rover", env: token ? { RTCBOT_TOKEN: token } : {} }));
  await robot.online();
  const page = await add(await launch()).newPage();
  await page.goto(`${origin}/`);
  const asked = [];
  page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
  page.on("websocket", (socket) => asked.push(`WS ${socket.url()}`));
  return { server, robot, page, asked, origin };
}

for (const form of ["module", "script"]) {
  test(`an open server's robot is shown by a page of an allowed origin (${form})`, () => withAll(async (add) => {
    const { server, page, asked } = await site(add, ["--turn", "turn:127.0.0.1:9"], { env: { RTCBOT_TURN_SECRET: "s" } });
    await load(page, server, form);
    assert.equal(await connect(page, { url: `${server.url}/rover` }), "live");
    await watchFrames(page);
    await freshFrames(page, 10);
    assert.ok(asked.includes(`GET ${server.url}/api/ice-servers`), "the relays were asked for where they are");
    assert.ok(asked.includes(`WS ${server.url.replace("http", "ws")}/rover`));
  }));

  test(`a server that asks for credentials takes those of connect({ token }) (${form})`, () => withAll(async (add) => {
    const credentials = add(new Credentials());
    const { server, page, asked } = await site(add, ["--turn", "turn:127.0.0.1:9"], { credentials, env: { RTCBOT_TURN_SECRET: "s" } });
    await load(page, server, form);
    const url = `${server.url}/rover`;
    assert.match(await connect(page, { url, socket: false }), /not signed in here/i);
    const token = credentials.token("drive", ["rover"]);
    for (const socket of [true, false]) {
      await page.reload();
      await load(page, server, form);
      assert.equal(await connect(page, { url, token, socket }), "live", `socket: ${socket}`);
      await watchFrames(page);
      await freshFrames(page, 10);
    }
    assert.ok(asked.some((each) => each.startsWith("POST ")) && asked.some((each) => each.startsWith("WS ")));
    assert.ok(!asked.join().includes(token), "the credential stands in no address");
    const hidden = server.lines.map(({ text }) => text).join("\n");
    assert.ok(!hidden.includes(token), "nor in the log");
    const list = await page.evaluate(async ([base, bearer]) => (await (await fetch(`${base}/api/robots`,
      { headers: { Authorization: `Bearer ${bearer}` } })).json()).robots.map(({ name }) => name), [server.url, token]);
    assert.deepEqual(list, ["rover"]);
  }));
}

test("the default address of connect is that of the server which gave the library", () => withAll(async (add) => {
  const origin = await anotherSite(add);
  const server = add(await startServer(["--allow-origin", origin]));
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await add(await launch()).newPage();
  await page.goto(`${origin}/`);
  await load(page, server, "module");
  assert.equal(await connect(page, {}), "live");
}));

test("a page of an origin that is not allowed gets nothing, with a credential or without", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start(["--allow-origin", "https://friend.example"]));
  const page = await add(await launch()).newPage();
  await page.goto(`${await anotherSite(add)}/`);
  const token = credentials.token("drive");
  const got = await page.evaluate(async ([url, bearer]) => Promise.all(["/api/robots", "/api/ice-servers", "/rtcbot.mjs"].map((path) =>
    fetch(url + path, { headers: { Authorization: `Bearer ${bearer}` } }).then(({ status }) => status, () => "kept"))), [server.url, token]);
  assert.deepEqual(got, ["kept", "kept", "kept"]);
  const socket = await page.evaluate(([url, bearer]) => new Promise((resolve) => {
    const ws = new WebSocket(`${url.replace("http", "ws")}/api/robots`, ["rtcbot.page.v1", `rtcbot.token.${bearer}`]);
    ws.onopen = () => resolve("open");
    ws.onclose = () => resolve("kept");
  }), [server.url, token]);
  assert.equal(socket, "kept");
}));
