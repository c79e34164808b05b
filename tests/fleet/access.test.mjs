// Who may come in where credentials are asked for: every path, every refusal, attacks, rotation, revocation, a person with a link.
import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { answer, assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { Program, Robot, eventually, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Credentials, bearer, forge, get } from "./support/credentials.mjs";

const dial = (server, path, token, more = {}) =>
  RawSocket.dial(server.port, { path, ...more, headers: { ...(token && bearer(token)), ...more.headers } });

/** A bare robot that is let in. */
async function robotAt(add, server, path, token) {
  const robot = add(await dial(server, path, token));
  assert.equal(robot.status, 101, JSON.stringify(robot.refusal));
  return robot;
}

async function site(add, args) {
  const credentials = add(new Credentials());
  return { credentials, server: add(await credentials.start(args)) };
}

const robotsSeen = async (server, token) =>
  JSON.parse((await get(`${server.url}/api/robots`, bearer(token))).text).robots.map(({ name }) => name);

test("the secret is made on first use, for its owner alone, and without it nothing is told", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  assert.equal(statSync(credentials.file).mode & 0o777, 0o600);
  assert.equal(credentials.secrets().length, 1);
  for (const path of ["/", "/rover1", "/api/robots", "/api/anything", "/metrics", "/connect", "/ws", "/no/such/path"]) {
    const { status, text, headers } = await get(server.url + path);
    assert.deepEqual([status, JSON.parse(text).error], [401, "unauthorized"], path);
    assert.equal(headers.get("www-authenticate"), "Bearer");
  }
  assertRefused(await post(`${server.url}/connect`, offer("a")), 401, "unauthorized");
  assert.equal((await dial(server, "/ws")).status, 401);
  for (const path of ["/healthz", "/readyz", "/rtcbot.js", "/rtcbot.mjs", "/login", "/manifest.webmanifest", "/apple-touch-icon.png"]) {
    assert.equal((await get(server.url + path)).status, 200, path);
  }
}));

test("each role does what it is for, with the robots that its patterns name", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const made = Object.fromEntries(["watch", "drive", "admin"].map((role) => [role, credentials.token(role, ["rover*"])]));
  const rover = await robotAt(add, server, "/rover1", credentials.token("robot", ["rover1"]));
  await robotAt(add, server, "/digger", credentials.token("robot", ["digger"]));
  for (const [role, token] of Object.entries(made)) {
    assert.deepEqual(await robotsSeen(server, token), ["rover1"], role);
    assert.equal((await get(`${server.url}/rover1`, bearer(token))).status, 200);
    assert.equal((await get(`${server.url}/digger`, bearer(token))).status, 403);
    assertRefused(await post(`${server.url}/digger`, offer("a"), { headers: bearer(token) }), 403, "forbidden");
    const asked = post(`${server.url}/rover1`, offer(role), { headers: bearer(token) });
    if (role === "watch") {
      // A bare robot hears everybody, and cannot be told not to.
      assertRefused(await asked, 403, "forbidden");
    } else {
      rover.send(answer(markOf(await rover.message(rover.texts.length))));
      assert.equal(markOf((await asked).json), role);
    }
    assert.equal((await get(`${server.url}/metrics`, bearer(token))).status, role === "admin" ? 200 : 403);
    assert.equal((await dial(server, "/rover1", token)).status, 403, "a person is no robot");
  }
  const robot = credentials.token("robot", ["*"]);
  assertRefused(await post(`${server.url}/rover1`, offer("a"), { headers: bearer(robot) }), 403, "forbidden");
  assert.equal((await get(`${server.url}/api/robots`, bearer(robot))).status, 403);
}));

test("spectators whose offers lead nowhere do not keep a driver out", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const robot = add(new Robot(server.port, ["--max-viewers", "3"], { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const [watcher, driver] = ["watch", "drive"].map((role) => ({ headers: bearer(credentials.token(role)) }));
  for (let i = 0; i < 3; i++) assert.equal((await post(`${server.url}/rover`, offer(`w${i}`), watcher)).status, 200);
  assertRefused(await post(`${server.url}/rover`, offer("w3"), watcher), 429, "busy");
  // Drivers among themselves: for a while each may come about. All at once, as that while is short.
  const drivers = await Promise.all(Array.from({ length: 4 }, (_, i) => post(`${server.url}/rover`, offer(`d${i}`), driver)));
  assert.deepEqual(drivers.map(({ status }) => status).sort(), [200, 200, 200, 429]);
  assertRefused(drivers.find(({ status }) => status !== 200), 429, "busy");
  const free = performance.now();
  await eventually("a driver's seat", async () => (await post(`${server.url}/rover`, offer("d4"), driver)).status === 200);
  assert.ok(performance.now() - free < 8_000, "long before the 15 s after which a robot gives up on a connection");
  await robot.line(/gives its seat to a driver/);
}));

test("a robot comes in under the names of its token alone, also by its hello", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const token = credentials.token("robot", ["rover*"]);
  assert.deepEqual((await dial(server, "/digger", token)).refusal.error, "forbidden");
  assert.equal((await robotAt(add, server, "/ws", token)).status, 101);
  const liar = add(await dial(server, "/ws", token, { protocol: "rtcbot.v1" }));
  liar.send({ type: "hello", version: 1, name: "digger" });
  assert.equal((await liar.end()).code, 4003);
  const honest = add(await dial(server, "/ws", token, { protocol: "rtcbot.v1" }));
  honest.send({ type: "hello", version: 1, name: "rover7" });
  assert.equal((await honest.message()).type, "welcome");
}));

test("a name stays with its owner, who replaces his own stale socket at once", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const [anna, again, bert] = ["anna", "anna", "bert"].map((owner) => credentials.token("robot", ["*"], ["--owner", owner]));
  const first = await robotAt(add, server, "/rover", anna);
  const refused = await dial(server, "/rover", bert);
  assert.deepEqual([refused.status, refused.refusal.error], [409, "name_taken"]);
  const late = add(await dial(server, "/ws", bert, { protocol: "rtcbot.v1" }));
  late.send({ type: "hello", version: 1, name: "rover" });
  assert.equal((await late.end()).code, 4009);
  assert.equal(first.closed, null);
  await robotAt(add, server, "/rover", again);
  assert.equal((await first.end()).code, 4001, "a renewed token of the same owner replaces it");
  const loser = add(new Robot(server.port, [], { path: "/rover", env: { RTCBOT_TOKEN: bert } }));
  await loser.line(/THE SERVER REFUSES THIS ROBOT .*another credential.*Next try in \d+ s/);
  assert.equal(loser.exit, null);
}));

test("forged, altered, expired and oversized tokens open nothing", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const good = credentials.token("admin");
  const [name, key] = credentials.secrets()[0];
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: "HS256", typ: "JWT", kid: name };
  const claims = { jti: "x", role: "admin", robots: ["*"], iat: now, exp: now + 3600 };
  const [first, second, third] = good.split(".");
  const unsigned = (alg) => forge({ ...head, alg }, claims, key).replace(/[^.]*$/, "");
  const attacks = {
    "another key": forge(head, claims, "k".repeat(43)), "no key": forge({ ...head, kid: undefined }, claims, key),
    "alg none": unsigned("none"), "alg None": unsigned("None"), "RS256": forge({ ...head, alg: "RS256" }, claims, key),
    "HS512": forge({ ...head, alg: "HS512" }, claims, key, "sha512"), "no signature": `${first}.${second}.`,
    "altered": `${first}.${Buffer.from(JSON.stringify({ ...claims, jti: "y" })).toString("base64url")}.${third}`,
    "expired": forge(head, { ...claims, iat: now - 7200, exp: now - 1 }, key),
    "tomorrow's": forge(head, { ...claims, iat: now + 86400, exp: now + 90000 }, key),
    "of a role that is none": forge(head, { ...claims, role: "root" }, key), "of odd robots": forge(head, { ...claims, robots: ["../*"] }, key),
    "without end": forge(head, { ...claims, exp: undefined }, key), "many dots": ".".repeat(5000), "long": `${"a".repeat(7000)}.b.c`, "empty": "",
  };
  assert.equal((await get(`${server.url}/metrics`, bearer(good))).status, 200);
  assert.equal((await get(`${server.url}/metrics`, bearer(forge(head, claims, key)))).status, 200, "the forger knows the form");
  for (const [what, token] of Object.entries(attacks)) {
    assert.equal((await get(`${server.url}/metrics`, bearer(token))).status, 401, what);
    assert.equal((await get(`${server.url}/api/robots`, { cookie: `rtcbot=${token}` })).status, 401, `${what}, as a cookie`);
    assert.equal((await dial(server, "/ws", token)).status, 401, `${what}, as a robot`);
    assertRefused(await post(`${server.url}/connect`, offer("a"), { headers: bearer(token) }), 401, "unauthorized");
  }
  assert.equal((await get(`${server.url}/metrics`, bearer("x".repeat(20_000)))).status, 431);
  const doubled = { cookie: `rtcbot=${good}; rtcbot=${good}` };
  assert.equal((await get(`${server.url}/api/robots`, doubled)).status, 401, "a cookie twice is nobody's");
}));

test("secrets rotate and tokens are revoked while the server runs", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const old = credentials.token("admin");
  const robot = await robotAt(add, server, "/rover", credentials.token("robot"));
  const status = async (token) => (await get(`${server.url}/api/robots`, bearer(token))).status;
  assert.equal(credentials.run(["secret", "rotate"]).status, 0);
  const fresh = credentials.token("admin");
  await eventually("the new secret to be known", async () => (await status(fresh)) === 200);
  assert.equal(await status(old), 200, "the old one is still accepted");
  writeFileSync(credentials.file, "nonsense");
  await server.line(/the previous secrets stay in use/);
  assert.equal(await status(fresh), 200);
  writeFileSync(credentials.file, "");
  credentials.run(["secret", "rotate"]);
  assert.equal(await status(fresh), 200, "an empty file is not rotated, and changes nothing");
  assert.equal(robot.closed, null, "who is online stays");
}));

test("a secret that is rotated away, and a token that is revoked, are valid no more", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const [kept, revoked, robotToken] = [credentials.token("admin"), credentials.token("admin"), credentials.token("robot")];
  const robot = await robotAt(add, server, "/rover", robotToken);
  const status = async (token) => (await get(`${server.url}/api/robots`, bearer(token))).status;
  credentials.revoke(revoked);
  await eventually("the token to be refused", async () => (await status(revoked)) === 401);
  assert.equal(await status(kept), 200);
  assert.equal(robot.closed, null);
  credentials.revoke(robotToken);
  assert.equal((await robot.end()).code, 4003, "a robot that is online is closed");
  assert.equal((await dial(server, "/rover", robotToken)).status, 401, "and does not come back");
  credentials.run(["secret", "rotate", "--keep", "0"]);
  await eventually("the old secret to be forgotten", async () => (await status(kept)) === 401);
  assert.equal(await status(credentials.token("admin")), 200);
}));

test("what is open ends with its credential: robots by expiry, pages by expiry and revocation", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const asPage = { protocol: "rtcbot.page.v1" };
  const robot = await robotAt(add, server, "/rover", credentials.token("robot", ["rover"], ["--for", "6s"]));
  const kept = add(await dial(server, "/rover", credentials.token("watch"), asPage));
  const short = add(await dial(server, "/rover", credentials.token("watch", ["*"], ["--for", "6s"]), asPage));
  const token = credentials.token("watch");
  const revoked = add(await dial(server, "/api/robots", token, asPage));
  assert.deepEqual([kept.status, short.status, revoked.status], [101, 101, 101]);
  credentials.revoke(token);
  assert.equal((await revoked.end(10_000)).code, 1008);
  assert.equal((await robot.end(20_000)).code, 4003);
  assert.equal((await short.end(20_000)).code, 1008);
  assert.match(short.closed.reason, /no longer valid/);
  assert.equal(kept.closed, null);
  assert.deepEqual((await dial(server, "/rover", token, asPage)).refusal.error, "unauthorized");
  assert.deepEqual((await dial(server, "/rover", credentials.token("watch", ["digger"]), asPage)).refusal.error, "forbidden");
}));

test("a browser's cookie works for pages of this site alone", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--allow-origin", "*"]);
  const token = credentials.token("drive");
  const signIn = (value, headers = {}) => fetch(`${server.url}/login`, { method: "POST", body: `token=${value}`, redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });
  const signed = await signIn(token, { origin: server.url });
  assert.deepEqual([signed.status, signed.headers.get("location")], [303, "./"]);
  const [cookie] = signed.headers.getSetCookie();
  assert.match(cookie, /^rtcbot=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  assert.equal((await signIn(token, { origin: "https://evil.example" })).status, 403);
  assert.equal((await signIn("x.y.z")).status, 401);
  assert.equal((await signIn(credentials.token("robot"))).status, 403);
  const headers = { cookie: cookie.split(";")[0] };
  assert.equal((await get(`${server.url}/api/robots`, headers)).status, 200);
  assertRefused(await post(`${server.url}/connect`, offer("a"), { headers: { ...headers, origin: server.url } }), 503, "no_robot");
  for (const origin of ["https://evil.example", "null"]) {
    assertRefused(await post(`${server.url}/connect`, offer("a"), { headers: { ...headers, origin } }), 403, "forbidden");
  }
  const left = await fetch(`${server.url}/logout`, { method: "POST", redirect: "manual" });
  assert.match(left.headers.get("set-cookie"), /Max-Age=0/);
}));

test("the robot's token of before still works, and a login proxy is believed only when told to", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const args = ["--behind-proxy", "--trust-user-header", "X-Forwarded-Email", "--user-role", "watch", "--user-robots", "rover*"];
  const server = add(await credentials.start(args, { env: { RTCBOT_ROBOT_TOKEN: "the old one" } }));
  await robotAt(add, server, "/rover1", "the old one");
  await robotAt(add, server, "/digger", "the old one");
  const signedIn = { "x-forwarded-email": "anna@example.org" };
  const { text } = await get(`${server.url}/api/robots`, signedIn);
  assert.deepEqual(JSON.parse(text).robots.map(({ name }) => name), ["rover1"]);
  assert.equal((await get(`${server.url}/digger`, signedIn)).status, 403);
  assert.equal((await get(`${server.url}/metrics`, signedIn)).status, 403);
  assert.equal((await get(`${server.url}/api/robots`, { "x-forwarded-email": "two words" })).status, 401);
  const asPage = { protocol: "rtcbot.page.v1" };
  const page = add(await RawSocket.dial(server.port, { path: "/api/robots", headers: signedIn, ...asPage }));
  const token = credentials.token("watch");
  const other = add(await dial(server, "/api/robots", token, asPage));
  credentials.revoke(token);
  assert.equal((await other.end(10_000)).code, 1008, "what has no valid credential is closed");
  await robotAt(add, server, "/rover2", "the old one");
  await eventually("the page to hear of it", () => page.texts.some((text) => text.includes('"rover2"')));
  assert.equal(page.closed, null, "nobody else's end is the proxy's user's");
  const plain = await site(add);
  assert.equal((await get(`${plain.server.url}/api/robots`, signedIn)).status, 401);
}));

test("an unsafe start is refused with a sentence", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const refuse = async (args, sentence) => {
    const program = add(new Program("rtcbot-server", ["--address", "127.0.0.1", "--port", "0", ...args]));
    const { code } = await program.ended;
    assert.equal(code, 2, args.join(" "));
    assert.match(program.log(), sentence);
  };
  await refuse(["--public"], /--public requires TLS/);
  await refuse(["--public", "--behind-proxy"], /--public requires credentials/);
  await refuse(["--secret-file", credentials.file, "--trust-user-header", "X-User", "--user-role", "watch"], /--behind-proxy/);
  await refuse(["--secret-file", credentials.file, "--behind-proxy", "--trust-user-header", "X-User"], /--user-role/);
  await refuse(["--behind-proxy", "--trust-user-header", "X-User", "--user-role", "watch"], /--secret-file/);
  writeFileSync(credentials.file, "too short", { mode: 0o600 });
  await refuse(["--secret-file", credentials.file], /line 1 is not of the form NAME KEY/);
  chmodSync(credentials.file, 0o644);
  await refuse(["--secret-file", credentials.file], /chmod 600/);
  const program = add(await add(new Credentials()).start(["--public", "--behind-proxy"]));
  assert.doesNotMatch(program.log(), /is open/);
}));

test("a person opens the link, watches, and without it is told what to do; no log holds a secret", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--log-level", "debug"]);
  const link = credentials.token("drive", ["rover*"], ["--link", server.url]);
  const robot = add(new Robot(server.port, ["--log-level", "debug"],
    { path: "/rover1", env: { RTCBOT_TOKEN: credentials.token("robot", ["rover1"]) } }));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage();
  const told = [];
  page.on("request", (request) => told.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  assert.equal((await page.goto(`${server.url}/rover1`)).status(), 401);
  assert.match(await page.textContent("h1"), /Not signed in/);
  assert.match(await page.textContent("#why"), /Open the link that the operator/);
  if (process.env.RTCBOT_SCREENSHOTS) await page.screenshot({ path: `${process.env.RTCBOT_SCREENSHOTS}/not_signed_in.png` });
  await page.goto(link);
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/rover1`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  assert.equal(await page.evaluate(() => document.cookie), "", "scripts do not see the credential");
  const token = link.split("#code=")[1];
  assert.ok(told.every((request) => !request.split(" ")[0].includes(token)), "it stood in no address");
  assert.ok(told.every((request) => !/"referer":"[^"]*(token|code)/.test(request)));
  if (process.env.RTCBOT_SCREENSHOTS) await page.screenshot({ path: `${process.env.RTCBOT_SCREENSHOTS}/signed_in.png` });
  assert.equal((await page.goto(`${server.url}/digger`)).status(), 403);
  assert.match(await page.textContent("#why"), /does not allow that/);
  await get(`${server.url}/metrics`, bearer(`${token.slice(0, -2)}xx`));
  await browser.close();
  const logs = [...server.lines, ...robot.lines].map(({ text }) => text).join("\n");
  for (const hidden of credentials.hidden()) assert.ok(!logs.includes(hidden), "a secret stands in a log");
  const commandLines = [server, robot].map(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, "utf8")).join("\n");
  for (const hidden of credentials.hidden()) assert.ok(!commandLines.includes(hidden), "a secret stands in a process list");
}));

/** A page of that credential which is connected to /rover1 and has said who it is; by websocket, or by POST alone. */
async function speaker(browser, credentials, server, role) {
  const context = await browser.newContext({ bypassCSP: true }); // for a script that is none of the page's
  const page = await context.newPage();
  await page.goto(credentials.token(role, ["rover*"], ["--link", server.url]));
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/rover1`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  await page.addScriptTag({ url: `${server.url}/rtcbot.js` });
  await page.evaluate((words) => new Promise((resolve) => {
    const link = window.rtcbot.connect({ url: "/rover1", onState: () => link.send({ from: words }) && resolve() });
  }), role);
}

test("who may only watch sees the robot, and is not heard by it", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const robot = add(new Robot(server.port, [], { path: "/rover1", env: { RTCBOT_TOKEN: credentials.token("robot", ["rover1"]) } }));
  await robot.online();
  const browser = add(await launch());
  await speaker(browser, credentials, server, "watch");
  const { viewers } = await robot.statsWhere("the watcher's words to be counted",
    (stats) => stats.viewers.some(({ messages_not_heard: unheard }) => unheard > 0));
  assert.ok(viewers.every(({ watch_only: only }) => only));
  await speaker(browser, credentials, server, "drive");
  await eventually("the driver to be heard", () => robot.messages().length > 0);
  // It says so at each change of its state.
  assert.deepEqual([...new Set(robot.messages().map(({ from }) => from))], ["drive"]);
}));
