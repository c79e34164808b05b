// Links that sign a person in: what they carry is exchanged when they are opened, and opens nothing afterwards.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { eventually, freePort, startServer, withAll } from "../lib/programs.mjs";
import { Credentials, bearer, get } from "./support/credentials.mjs";

async function site(add, args) {
  const credentials = add(new Credentials());
  const port = await freePort();
  const server = add(await credentials.start(args, { port }));
  const link = (more = [], role = "drive") => credentials.token(role, ["*"], ["--link", server.url, ...more]);
  return { credentials, port, server, link };
}

const codeIn = (link) => link.split("#code=")[1];

/** Opens it as the page does: by a form. */
async function open(server, text, headers = {}) {
  const response = await fetch(`${server.url}/login`, { method: "POST", redirect: "manual", body: new URLSearchParams({ token: text }), headers });
  const why = /id="why">([^<]*)</.exec(await response.text())?.[1];
  return { status: response.status, cookie: response.headers.get("set-cookie")?.split(";")[0], to: response.headers.get("location"), why };
}

test("a link is exchanged once for a token that it does not contain", () => withAll(async (add) => {
  const { credentials, server, link } = await site(add);
  const made = link(["--for", "30d"]);
  assert.match(made, /\/login#code=[\w-]+\.[\w-]+\.[\w-]+$/);
  const first = await open(server, made);
  assert.deepEqual([first.status, first.to], [303, "./"]);
  const token = first.cookie.split("=")[1];
  assert.notEqual(token, codeIn(made));
  assert.equal((await get(`${server.url}/api/robots`, { cookie: first.cookie })).status, 200);
  assert.equal(credentials.show(token).id, credentials.show(made).id);
  assert.ok(credentials.show(token).expires - Date.now() / 1000 > 29 * 86_400, "who is signed in stays so");
  const second = await open(server, codeIn(made));
  assert.deepEqual([second.status, second.cookie], [401, undefined]);
  assert.match(second.why, /used already.*new one/);
  for (const headers of [bearer(codeIn(made)), { cookie: `rtcbot=${codeIn(made)}` }]) {
    assert.equal((await get(`${server.url}/api/robots`, headers)).status, 401, "the code is no credential");
  }
  const again = await open(server, made, { cookie: first.cookie });
  assert.deepEqual([again.status, again.cookie], [303, undefined], "who opens his own link again is signed in");
}));

test("--link-uses and --link-for bound it, a restart forgets nothing, and revoking ends link and tokens", () => withAll(async (add) => {
  const { credentials, port, server, link } = await site(add);
  const three = link(["--link-uses", "3"]);
  assert.equal((await open(server, three)).status, 303);
  assert.equal((await open(server, three)).status, 303);
  await server.stop();
  const restarted = add(await credentials.start([], { port }));
  const last = await open(restarted, three);
  assert.equal(last.status, 303);
  assert.match((await open(restarted, three)).why, /used already/);
  const file = `${credentials.file}.links`;
  assert.match(readFileSync(file, "utf8"), /^[\w.@+-]+ 3 \d+$/m);
  assert.equal(statSync(file).mode & 0o077, 0, "nobody else reads it");
  const short = link(["--link-for", "1s", "--link-uses", "1000"]);
  await eventually("the link to expire", async () => /link has expired/.test((await open(restarted, short)).why));
  const many = link(["--link-uses", "9"]);
  const kept = await open(restarted, many);
  credentials.revoke(many);
  await eventually("its tokens to end", async () => (await get(`${restarted.url}/api/robots`, { cookie: kept.cookie })).status === 401);
  assert.match((await open(restarted, many)).why, /revoked/);
  for (const [flag, value] of [["--link-uses", "0"], ["--link-uses", "1001"], ["--link-for", "soon"]]) {
    const { status } = credentials.run(["token", "--role", "watch", "--robots", "*", "--link", "https://a", flag, value]);
    assert.notEqual(status, 0, `${flag} ${value}`);
  }
}));

test("of many who open one link together, one is let in", () => withAll(async (add) => {
  const { credentials, server, link } = await site(add);
  const other = add(await credentials.start()); // two servers with the same files
  const made = link();
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => open(i % 2 ? server : other, made)));
  assert.equal(all.filter(({ status }) => status === 303).length, 1, JSON.stringify(all.map(({ why }) => why)));
}));

test("where the use cannot be noted, the link is not exchanged, and the log says why", () => withAll(async (add) => {
  const { credentials, server, link } = await site(add);
  mkdirSync(`${credentials.file}.links`);
  const made = link();
  const refused = await open(server, made);
  assert.deepEqual([refused.status, refused.cookie], [401, undefined]);
  assert.match(refused.why, /could not record.*look at its log/);
  await server.line(/secrets\.links.*link was not accepted/);
  rmSync(`${credentials.file}.links`, { recursive: true });
  assert.equal((await open(server, made)).status, 303, "and it is not used up by that");
  assert.ok(existsSync(`${credentials.file}.links`));
}));

test("a secret of the environment counts in memory", () => withAll(async (add) => {
  const { credentials, link, server } = await site(add);
  const made = link();
  await server.stop();
  const env = { RTCBOT_SECRET: readFileSync(credentials.file, "utf8") };
  const plain = add(await startServer([], { env }));
  assert.equal((await open(plain, made)).status, 303);
  assert.match((await open(plain, made)).why, /used already/);
}));

test("in a browser: the link leads to the robots, and what its history keeps opens nothing", () => withAll(async (add) => {
  const { credentials, server, link } = await site(add, ["--list", "always"]);
  const browser = add(await launch());
  const made = link();
  const page = await (await browser.newContext()).newPage();
  await page.goto(made);
  await page.waitForURL(`${server.url}/`);
  await page.waitForSelector("#robots", { state: "attached" });
  assert.equal((await page.goto(made)).status(), 200);
  await page.waitForURL(`${server.url}/`); // its own link, opened again
  const [cookie] = await page.context().cookies();
  assert.ok(!made.includes(cookie.value) && cookie.httpOnly);
  const thief = await (await browser.newContext()).newPage();
  await thief.goto(made);
  await thief.waitForSelector("text=used already");
  const old = credentials.token("watch");
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(`${server.url}/login#token=${old}`); // links of before still lead in
  await guest.waitForURL(`${server.url}/`);
}));
