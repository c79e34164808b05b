// What browsers keep away from the pages: frames of other sites, scripts of anybody else, and the pages' addresses. In Chromium.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole, take } from "../lib/driven.mjs";
import { startServer, withAll } from "../lib/programs.mjs";
import { Credentials, bearer, get } from "./support/credentials.mjs";

/** Another site, whose page frames that address. "localhost" is another origin than 127.0.0.1. */
async function embedder(add) {
  const site = createServer((request, response) => {
    const src = decodeURIComponent(request.url.slice(2));
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>Win a prize</title><iframe id="frame" src="${src}" width="600" height="400"></iframe>`);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  add({ stop: () => new Promise((resolve) => (site.closeAllConnections(), site.close(resolve))) });
  return `http://localhost:${site.address().port}`;
}

/** What a frame of that address shows: the text of the page's title; "" where the browser keeps it out. */
async function framed(browser, site, url) {
  const page = await browser.newPage();
  const done = new Promise((resolve) => {
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => request.url() === url && resolve());
  });
  await page.goto(`${site}/?${encodeURIComponent(url)}`, { waitUntil: "load" });
  await done;
  const frame = page.frames().find((each) => each !== page.mainFrame());
  const title = frame.url() === url ? await frame.title() : "";
  await page.close();
  return title;
}

test("no other site can frame the list, a console, the sign-in or a refusal, unless it is named", () => withAll(async (add) => {
  const site = await embedder(add);
  const browser = add(await launch());
  const closed = add(await startServer(["--list", "always"]));
  const paths = ["/", "/rover", "/?watch", "/login"];
  for (const path of paths) assert.equal(await framed(browser, site, closed.url + path), "", path);
  const named = add(await startServer(["--list", "always", "--frame-ancestors", site, "--frame-ancestors", "self"]));
  for (const path of paths) assert.notEqual(await framed(browser, site, named.url + path), "", path);
  const other = add(await startServer(["--frame-ancestors", "https://desk.example.org"]));
  assert.equal(await framed(browser, site, `${other.url}/rover`), "");
}));

test("every page and answer says how it may be used", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const token = bearer(credentials.token("drive"));
  const page = { accept: "text/html" };
  for (const [path, headers] of [["/", token], ["/rover", token], ["/login", {}], ["/rover", page], ["/nothing/here", { ...token, ...page }],
    ["/api/robots", token], ["/rtcbot.js", {}], ["/healthz", {}], ["/api/ice-servers", token], ["/robots.txt", {}]]) {
    const answer = await get(server.url + path, headers);
    const said = (name) => answer.headers.get(name) ?? "";
    assert.match(said("content-security-policy"), /frame-ancestors 'none'/, path);
    assert.equal(said("x-content-type-options"), "nosniff", path);
    assert.equal(said("referrer-policy"), "same-origin", path);
    assert.equal(said("cross-origin-resource-policy"), "same-origin", path);
    if (!said("content-type").startsWith("text/html")) continue;
    assert.equal(said("cross-origin-opener-policy"), "same-origin", path);
    assert.match(said("content-security-policy"), /default-src 'none'; script-src 'sha256-/, path);
    assert.doesNotMatch(said("content-security-policy"), /unsafe/, path);
  }
}));

test("a console works under its policy, in all that it does, and no other script runs in it", () => withAll(async (add) => {
  const server = add(await startServer(["--stun", "stun:127.0.0.1:9"]));
  const robot = add(new DrivenRobot(server.port, DRIVEN, { path: "/rover" }));
  await robot.online();
  const browser = add(await launch());
  const init = () => {
    window.violations = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => window.violations.push(`${violatedDirective} ${blockedURI}`));
  };
  const violations = (page) => page.evaluate(() => window.violations);
  const console_ = await openConsole(browser, `${server.url}/rover`, { init });
  await take(console_, robot);
  for (const key of ["i", "p", "r", "r", "i"]) await console_.keyboard.press(key);
  const list = await browser.newPage();
  await list.addInitScript(init);
  await list.goto(`${server.url}/`);
  await list.waitForFunction(() => document.body.dataset.link === "open", null, { timeout: 60_000 });
  assert.deepEqual([...await violations(console_), ...await violations(list)], []);
  const ran = await console_.evaluate(async () => {
    const inline = document.createElement("script");
    inline.textContent = "window.stranger = 'inline'";
    document.body.append(inline);
    const outside = document.createElement("script");
    outside.src = "/rtcbot.js";
    const settled = new Promise((resolve) => (outside.onload = outside.onerror = resolve));
    document.body.append(outside);
    await settled;
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\"window.stranger = 'handler'\">");
    const beyond = await fetch("http://localhost:9/").then(() => "fetched", () => "kept");
    return [window.stranger ?? null, typeof window.rtcbot, beyond];
  });
  assert.deepEqual(ran, [null, "undefined", "kept"]);
  await console_.waitForFunction(() => window.violations.length >= 3); // each was reported
}));

test("a page that another site opens is out of its reach, and no address is given away", () => withAll(async (add) => {
  const server = add(await startServer());
  const site = await embedder(add);
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${site}/?about:blank`);
  const popup = page.waitForEvent("popup");
  await page.evaluate((url) => { window.other = window.open(url); }, `${server.url}/rover`);
  const opened = await popup;
  await opened.waitForLoadState();
  assert.equal(await opened.evaluate(() => window.opener), null);
  await page.waitForFunction(() => window.other.closed);
  const referrers = [];
  opened.on("request", (request) => referrers.push(request.headers().referer ?? ""));
  await opened.evaluate((url) => { location.href = url; }, `${site}/?about:blank`);
  await opened.waitForURL(`${site}/**`);
  assert.ok(referrers.every((each) => !each.includes("rover")), referrers.join());
}));
