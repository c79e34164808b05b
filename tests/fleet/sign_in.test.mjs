// How a person gets in and out: what may be pasted, who may sign out whom, which cookie counts, and which ways a page shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { answer, offer, post } from "../lib/offers.mjs";
import { withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Certificate } from "./support/certificates.mjs";
import { Credentials, bearer, get } from "./support/credentials.mjs";
import { ask } from "./support/wire.mjs";

async function site(add, args) {
  const credentials = add(new Credentials());
  return { credentials, server: add(await credentials.start(args)) };
}

const paste = (server, text) => fetch(`${server.url}/login`, { method: "POST", redirect: "manual",
  body: new URLSearchParams({ token: text }) });

test("a whole link, a part of it or the credential may be pasted; what is wrong with anything else is said", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const token = credentials.token("drive");
  for (const text of [token, `  ${token}\r\n`, `token=${token}`, `#token=${token}`, `${server.url}/login#token=${token} `]) {
    const { status, headers } = await paste(server, text);
    assert.equal(status, 303, text);
    assert.ok(headers.get("set-cookie").startsWith(`rtcbot=${token};`));
  }
  for (const [text, sentence] of [["", /Nothing was pasted/], [`${server.url}/login`, /the text after it are missing/],
    ["good morning", /neither a link of this server/], [token.slice(0, 40), /neither a link/],
    [`${token.slice(0, -3)}xyz`, /not one of this server/]]) {
    const response = await paste(server, text);
    assert.equal(response.status, 401);
    const why = /id="why">([^<]*)</.exec(await response.text())[1];
    assert.match(why, sentence);
  }
}));

test("pages of another site sign nobody out, and only POST does", () => withAll(async (add) => {
  const { server } = await site(add);
  const out = (headers) => fetch(`${server.url}/logout`, { method: "POST", redirect: "manual", headers });
  const refused = await out({ origin: "https://evil.example" });
  assert.deepEqual([refused.status, refused.headers.get("set-cookie")], [403, null]);
  assert.equal((await out({ origin: server.url })).status, 303);
  assert.equal((await out({})).status, 303);
  const { status, headers } = await get(`${server.url}/logout`);
  assert.deepEqual([status, headers.get("allow")], [405, "POST"]);
}));

test("through TLS the cookie that is bound to it counts alone, ours or a proxy's", () => withAll(async (add) => {
  const tls = add(new Certificate());
  const { credentials, server } = await site(add, tls.flags);
  const token = credentials.token("watch");
  const seen = async (port, headers, options) => (await ask(port, "/api/robots", { headers, ...options })).status;
  assert.equal(await seen(server.port, { cookie: `rtcbot=${token}` }, { tls }), 401);
  assert.equal(await seen(server.port, { cookie: `__Host-rtcbot=${token}` }, { tls }), 200);
  assert.equal(await seen(server.port, { cookie: `rtcbot=x; __Host-rtcbot=${token}` }, { tls }), 200);
  const behind = add(await credentials.start(["--behind-proxy"]));
  for (const [scheme, plain] of [["https", 401], ["http", 200]]) {
    assert.equal(await seen(behind.port, { cookie: `rtcbot=${token}`, "x-forwarded-proto": scheme }), plain, scheme);
    assert.equal(await seen(behind.port, { cookie: `__Host-rtcbot=${token}`, "x-forwarded-proto": scheme }), 200, scheme);
  }
}));

test("a robot's token is told of no relays but with its offers", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--stun", "stun:stun.example.org"]);
  const status = async (role) => (await get(`${server.url}/api/ice-servers`, bearer(credentials.token(role)))).status;
  assert.deepEqual([await status("robot"), await status("watch"), await status("drive"), await status("admin")], [403, 200, 200, 200]);
}));

test("a relay's log tells for which robot and which person a credential was made", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start(["--turn", "turn:relay.example.org"], { env: { RTCBOT_TURN_SECRET: "the relay's" } }));
  const anna = bearer(credentials.token("drive", ["*"], ["--owner", "anna"]));
  const users = (servers) => servers.map(({ username }) => username.replace(/^\d+:/, ""));
  assert.deepEqual(users(JSON.parse((await get(`${server.url}/api/ice-servers`, anna)).text).ice_servers), ["anna"]);
  for (const [path, label] of [["/rover", "rover"], ["/ws", "robot"]]) {
    const robot = add(await RawSocket.dial(server.port, { path, protocol: "rtcbot.v1", headers: bearer(credentials.token("robot")) }));
    robot.send({ type: "hello", version: 1 });
    await robot.message(0);
    const asked = post(`${server.url}${path === "/ws" ? "/connect" : path}`, offer("x"), { headers: anna });
    const { id, ice_servers: servers } = await robot.message(1);
    assert.deepEqual(users(servers), [label]);
    robot.send({ type: "answer", id, sdp: answer("x").sdp });
    assert.equal((await asked).status, 200);
  }
}));

test("subprotocols are whole words, of one field or several", () => withAll(async (add) => {
  const { server, credentials } = await site(add);
  const headers = bearer(credentials.token("robot"));
  const chosen = async (protocol) => {
    const socket = add(await RawSocket.dial(server.port, { headers: { ...headers, "Sec-WebSocket-Protocol": protocol } }));
    assert.equal(socket.status, 101, JSON.stringify(socket.refusal));
    return socket.protocol;
  };
  assert.equal(await chosen("rtcbot.v1"), "rtcbot.v1");
  assert.equal(await chosen("rtcbot.v10"), "");
  assert.equal(await chosen("RTCBOT.v1"), "");
  assert.equal(await chosen("chat, rtcbot.v1"), "rtcbot.v1");
  assert.equal(await chosen(["chat", "rtcbot.v1"]), "rtcbot.v1");
  assert.equal(await chosen("not-rtcbot.page.v1"), "", "and this one is no page");
}));

test("who is signed in finds the list and the way out, on a phone too; who may not see a robot is told so", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--list", "always"]);
  const link = credentials.token("drive", ["rover*"], ["--owner", "anna", "--link", server.url]);
  const browser = add(await launch());
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  const shoot = async (name) => process.env.RTCBOT_SCREENSHOTS && page.screenshot({ path: `${process.env.RTCBOT_SCREENSHOTS}/${name}.png` });
  await page.goto(link);
  await page.waitForURL(`${server.url}/`);
  await page.waitForSelector("#out:visible");
  await shoot("list_390");
  await page.goto(`${server.url}/rover-of-the-north-field-2`);
  await page.waitForFunction(() => document.body.dataset.state === "offline", null, { timeout: 30_000 });
  await shoot("robot_390");
  const cut = await page.evaluate(() => [...document.querySelectorAll("#name, #status, #soon")].filter((part) =>
    getComputedStyle(part).display === "none" || part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth)
    .map(({ id, textContent }) => `${id}: ${textContent}`));
  assert.deepEqual(cut, [], "nothing of the bar is cut off");
  await page.click("#menu"); // where a phone has what is rare
  await page.click("#list");
  await page.waitForURL(`${server.url}/`);
  assert.equal((await page.goto(`${server.url}/digger`)).status(), 403);
  assert.match(await page.textContent("h1"), /Not allowed/);
  assert.match(await page.textContent("#why"), /signed in as anna.*does not allow that.*Ask the operator/);
  await page.goto(`${server.url}/rover1`);
  await page.click("#menu");
  await page.click("#out button");
  await page.waitForURL(`${server.url}/login?out`);
  assert.equal((await page.goto(`${server.url}/rover1`)).status(), 401);
  assert.match(await page.textContent("h1"), /Not signed in/);
}));

test("where nobody signs in there is no way out, and without a list none back", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--list", "never"]);
  const { text } = await get(`${server.url}/rover`, bearer(credentials.token("drive")));
  assert.doesNotMatch(text, /var rtcbotDoors/);
}));

test("the page of who may only watch is told so before the robot is", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const doors = async (path, role) => {
    const { text } = await get(`${server.url}${path}`, bearer(credentials.token(role)));
    return /var rtcbotDoors = (.*?);/.exec(text)?.[1];
  };
  assert.equal(JSON.parse(await doors("/rover", "watch")).watchOnly, true);
  assert.equal(JSON.parse(await doors("/?watch", "watch")).watchOnly, true);
  assert.doesNotMatch(await doors("/rover", "drive") ?? "", /"watchOnly":true/);
}));
