// A page that is refused by a limit shows which one and when it tries again; each refusal has a sentence of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { metric } from "./support/wire.mjs";

const shows = (page, headline) => page.waitForFunction((wanted) => document.getElementById("headline").textContent === wanted, headline);

test("a list that is one page too many says so, and is there once another page has left", () => withAll(async (add) => {
  const server = add(await startServer(["--pages-per-address", "2", "--list", "always"]));
  const browser = add(await launch());
  const pages = [];
  for (let i = 0; i < 3; i++) {
    pages.push(await browser.newPage());
    await pages[i].goto(server.url);
    if (i < 2) await pages[i].waitForFunction(() => document.body.dataset.link === "open");
  }
  await eventually("the third to say why", async () => /^2 pages from your address are open/.test(await pages[2].textContent("#status")));
  assert.match(await pages[2].textContent("#detail"), /^Next try in 1?\d s[.]$/);
  assert.equal(await metric(server.port, "rtcbot_pages_turned_away_total"), 1);
  await server.line(/a page from 127.0.0.1:\d+ was refused: 2 pages from your address are open \(--max-pages, --pages-per-address\)/);
  await pages[0].close();
  await pages[2].waitForFunction(() => document.body.dataset.link === "open", null, { timeout: 60_000 });
}));

test("a robot's page that is one too many shows the picture all the same", () => withAll(async (add) => {
  const server = add(await startServer(["--pages-per-address", "1"]));
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  for (let i = 0; i < 2; i++) {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  }
  assert.ok(await metric(server.port, "rtcbot_pages_turned_away_total") >= 1);
}));

test("a page that asks too often for a robot that is offline is not told that the robot is busy", () => withAll(async (add) => {
  const server = add(await startServer([], { rate: 0.1, burst: 1 }));
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/?watch`);
  await shows(page, "No robot online");
  await page.click("#retry");
  await shows(page, "Too many requests");
  assert.match(await page.textContent("#detail"), /Too many requests come from your address/);
  assert.match(await page.textContent("#soon"), /next try in \d+ s/);
}));

test("a list behind something that permits no websockets says so, and one without its server too", () => withAll(async (add) => {
  const server = add(await startServer(["--list", "always"]));
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({ code: 1006 })); } close() {} send() {} };
  });
  await page.goto(server.url);
  await eventually("it to say why", async () => /proxy in between permit websockets/.test(await page.textContent("#status")));
  await server.kill();
  await eventually("it to say why", async () => /server cannot be reached/.test(await page.textContent("#status")));
}));
