// Signing out ends everything that the browser has open, promptly, and nothing of other browsers; and how a page leads back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { eventually, withAll } from "../lib/programs.mjs";
import { Credentials, bearer, get } from "./support/credentials.mjs";
import { ask } from "./support/wire.mjs";

async function site(add, args) {
  const credentials = add(new Credentials());
  return { credentials, server: add(await credentials.start(args)) };
}

const form = (values) => ({ method: "POST", redirect: "manual", body: new URLSearchParams(values) });
/** Signs in by POST; gives the cookies as a request's field. `headers`: of a browser that has some already. */
async function signIn(server, token, more = {}, headers = {}) {
  const response = await fetch(`${server.url}/login`, { ...form({ token, ...more }), headers });
  const set = response.headers.getSetCookie();
  return { status: response.status, to: response.headers.get("location"), set, cookie: set.map((each) => each.split(";")[0]).join("; ") };
}
const listStatus = async (server, headers) => (await get(`${server.url}/api/robots`, headers)).status;
const shows = (page, headline) => page.waitForFunction((wanted) => document.getElementById("headline").textContent === wanted, headline);
const viewers = (robot, count) => robot.statsWhere(`${count} viewers`, (stats) => stats.viewers.length === count);

test("a sign-out ends that browser's session and no other one of the same credential", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const token = credentials.token("drive");
  const [mine, other] = [await signIn(server, token), await signIn(server, token)];
  assert.equal(mine.set.length, 2);
  assert.match(mine.set[1], /^rtcbot-session=[\w-]{16}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  assert.notEqual(mine.set[1], other.set[1]);
  const out = await fetch(`${server.url}/logout`, { method: "POST", redirect: "manual", headers: { cookie: mine.cookie } });
  assert.deepEqual([out.status, out.headers.get("location")], [303, "login?out"]);
  assert.equal(out.headers.getSetCookie().filter((each) => /Max-Age=0/.test(each)).length, 4);
  const late = await get(`${server.url}/api/robots`, { cookie: mine.cookie });
  assert.deepEqual([late.status, JSON.parse(late.text).error], [401, "unauthorized"]);
  assert.match(JSON.parse(late.text).message, /You signed out/);
  assert.equal(await listStatus(server, { cookie: other.cookie }), 200);
  assert.equal(await listStatus(server, bearer(token)), 200);
  assert.match(await (await fetch(`${server.url}/login?out`)).text(), /<h1>You signed out<\/h1>/);
}));

test("a browser that changes its credential keeps its session, so that a sign-out ends what its other tabs have open", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const before = await signIn(server, credentials.token("drive"));
  const after = await signIn(server, credentials.token("watch"), {}, { cookie: before.cookie });
  assert.equal(after.set[1].split(";")[0], before.set[1].split(";")[0]);
  await fetch(`${server.url}/logout`, { method: "POST", redirect: "manual", headers: { cookie: after.cookie } });
  for (const { cookie } of [before, after]) assert.equal(await listStatus(server, { cookie }), 401);
  const again = await signIn(server, credentials.token("watch"), {}, { cookie: after.cookie });
  assert.notEqual(again.set[1].split(";")[0], after.set[1].split(";")[0], "a session that has ended is not used again");
  assert.equal(await listStatus(server, { cookie: again.cookie }), 200);
}));

test("a browser that signed in at an earlier version gets its session with the next page", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const cookie = `rtcbot=${credentials.token("watch")}`;
  const page = await ask(server.port, "/", { headers: { cookie } });
  assert.match(page.headers["set-cookie"][0], /^rtcbot-session=/);
  const again = await ask(server.port, "/", { headers: { cookie: `${cookie}; rtcbot-session=abc` } });
  assert.equal(again.headers["set-cookie"], undefined);
  const out = await fetch(`${server.url}/logout`, { method: "POST", redirect: "manual", headers: { cookie } });
  assert.equal(out.status, 303);
  assert.equal(await listStatus(server, { cookie }), 200, "without a session only the browser can forget");
}));

test("after signing in, a person returns to a robot's page and to no other address", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const token = credentials.token("drive", ["rover", "digger", "/"]);
  for (const [to, location] of [["rover", "rover"], ["?watch", "./?watch"], ["", "./"], ["boat", "./"], ["//evil.example", "./"],
    ["https://evil.example/", "./"], ["../x", "./"], ["login", "./"], ["a\r\nSet-Cookie: b=c", "./"]]) {
    assert.equal((await signIn(server, token, { to })).to, location, to);
  }
  const refused = await (await fetch(`${server.url}/login`, form({ token: "x", to: '"><script>' }))).text();
  assert.match(refused, /name="to" value="&quot;&gt;&lt;script&gt;"/);
  assert.match((await get(`${server.url}/digger`, { accept: "text/html" })).text, /name="to" value="digger"/);
  assert.match((await get(`${server.url}/login?to=rover`)).text, /name="to" value="rover"/);
}));

test("signing out in one tab stops the robot that another tab drives, and leaves other browsers alone", () => withAll(async (add) => {
  const { credentials, server } = await site(add);
  const robot = add(new DrivenRobot(server.port, DRIVEN, { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const link = credentials.token("drive", ["*"], ["--link", server.url, "--link-uses", "2"]);
  const signedIn = async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(link);
    await page.waitForURL(`${server.url}/`);
    return { newContext: () => context, tab: page };
  };
  const [mine, other] = [await signedIn(), await signedIn()];
  const kept = await openConsole(other, `${server.url}/rover`);
  const driving = await openConsole(mine, `${server.url}/rover`);
  const byPost = await openConsole(mine, `${server.url}/rover`, { init: () => { delete window.WebSocket; } });
  await viewers(robot, 3);
  await driving.bringToFront();
  await robot.driveOff(driving);
  const stopped = robot.output("the robot to stop", ({ moving }) => !moving);
  const from = performance.now();
  // The key stays down: nobody touches the tab that drives.
  await mine.tab.locator("#out button").evaluate((button) => button.click());
  await stopped;
  await shows(driving, "You signed out");
  const took = performance.now() - from;
  assert.ok(took < 5_000, `it took ${Math.round(took)} ms`);
  await viewers(robot, 1);
  assert.equal(await driving.textContent("#detail"), "You signed out in another tab or window of this browser.");
  assert.equal(await driving.getAttribute("#sign-in", "href"), "login?to=rover");
  assert.equal(await driving.isVisible("#out"), false);
  await shows(byPost, "Not signed in");
  assert.equal(await byPost.isVisible("#sign-in"), true);
  await kept.waitForFunction(() => document.body.dataset.state === "live");
  assert.equal(robot.lines.filter(({ text }) => /a viewer was ended: You signed out/.test(text)).length, 2);
  const { text } = await get(`${server.url}/metrics`, bearer(credentials.token("admin")));
  assert.match(text, /^rtcbot_pages_ended_total [1-9]/m);
  // And back: a link in the page, then the credential; the other tab follows when it is looked at.
  await driving.click("#sign-in");
  await driving.waitForURL(`${server.url}/login?to=rover`);
  await driving.fill("#token", credentials.token("drive", ["*"]));
  await driving.click("button");
  await driving.waitForURL(`${server.url}/rover`);
  await driving.waitForFunction(() => document.body.dataset.state === "live");
  await byPost.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await byPost.waitForFunction(() => document.body.dataset.state === "live");
}));

test("a list whose user signed out, or whose credential ends, shows no robots and leads back", () => withAll(async (add) => {
  const { credentials, server } = await site(add, ["--list", "always"]);
  const robot = add(new DrivenRobot(server.port, DRIVEN, { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const open = async (link, count = 1) => {
    const context = await browser.newContext({ viewport: { width: 375, height: 548 } });
    const tabs = [];
    for (let i = 0; i < count; i++) {
      const page = await context.newPage();
      await page.goto(i === 0 ? link : `${server.url}/`);
      await page.waitForFunction(() => document.querySelectorAll("li").length === 1);
      tabs.push(page);
    }
    return tabs;
  };
  const says = async (page, pattern) => {
    await eventually(`the list to say ${pattern}`, async () => pattern.test(await page.textContent("#status")));
    assert.deepEqual([await page.locator("li").count(), await page.isVisible("#sign-in"), await page.isVisible("#out")], [0, true, false]);
  };
  const link = (more = []) => credentials.token("watch", ["*"], ["--link", server.url, ...more]);
  const [first, second] = await open(link(), 2);
  await first.click("#out button");
  await first.waitForURL(`${server.url}/login?out`);
  await says(second, /^You signed out in another tab/);
  assert.equal(await second.textContent("#sign-in"), "Sign in");
  const revoked = link();
  const [third] = await open(revoked);
  credentials.run(["token", "revoke", credentials.show(revoked.replace(/.*#code=/, "")).id]);
  await says(third, /^This credential was revoked/);
  assert.equal(await third.textContent("#sign-in"), "Sign in again");
  // A page that is opened only now, with a websocket refused by HTTP, says the same.
  await third.reload();
  assert.match(await third.textContent("#why"), /revoked/);
}));
