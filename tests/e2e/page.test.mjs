// What a person sees: the robot's page, in Chromium, with the real server and robot.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { frames, freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Robot, root, startServer, withAll } from "../lib/programs.mjs";
import { Credentials } from "../fleet/support/credentials.mjs";

const pictures = `${root}build/pictures`;
mkdirSync(pictures, { recursive: true });

test("the page shows the robot's camera, live", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  const seen = await freshFrames(page, 60, { age: 1000 });
  const last = seen.at(-1);
  assert.equal(last.width, 640);
  assert.equal(last.height, 480);
  assert.ok(new Set(seen.map((f) => f.stamp)).size > 30, "the pictures differ from each other");
  await page.waitForFunction(() => document.body.dataset.state === "live");
  await page.screenshot({ path: `${pictures}/page-live.png` });
}));

test("without autoplay permission the page still plays", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch({ autoplay: false, flags: ["--autoplay-policy=user-gesture-required"] }));
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 10);
}));

test("three browsers watch one encoder, and it rests when they leave", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  const idle = await robot.online();
  assert.equal(idle.camera.frames_encoded, 0, "nothing is encoded before somebody watches");
  const browser = add(await launch());
  const pages = [];
  for (let i = 0; i < 3; i++) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.url}/`);
    await watchFrames(page);
    pages.push(page);
  }
  for (const page of pages) await freshFrames(page, 20);
  const from = await robot.statsWhere("three viewers", (s) => s.viewers.filter((v) => v.state === "connected").length === 3);
  await freshFrames(pages[0], 60);
  const to = robot.stats();
  const captured = to.camera.frames_captured - from.camera.frames_captured;
  const encoded = to.camera.frames_encoded - from.camera.frames_encoded;
  assert.ok(encoded > 0 && encoded <= captured + 2, `${encoded} encoded of ${captured} captured with three viewers`);
  for (const page of pages) await page.close();
  const left = await robot.statsWhere("all viewers to be gone", (s) => s.viewers.length === 0 && s.camera.viewers === 0);
  const later = await robot.statsWhere("figures after that", ({ camera }) =>
    camera.frames_captured > left.camera.frames_captured || camera.state === "closed");
  assert.ok(later.camera.frames_encoded - left.camera.frames_encoded <= 1, "nothing is encoded for nobody");
}));

test("a named robot has a page of its own", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--name", "digger"], { path: "/digger" }));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/digger`);
  await watchFrames(page);
  await freshFrames(page, 10);
  assert.match(await page.title(), /digger/);
  const list = await (await fetch(`${server.url}/api/robots`)).json();
  assert.deepEqual(list.robots.map((r) => r.name), ["digger"]);
}));

test("a viewer that loses its place to a driver is told why", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const robot = add(new Robot(server.port, ["--max-viewers", "1"], { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch());
  const open = async (role) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(credentials.token(role, ["*"], ["--link", server.url]));
    await page.waitForURL(`${server.url}/`);
    await page.goto(`${server.url}/rover`);
    return page;
  };
  const says = (page, sentence) => page.waitForFunction((text) => document.body.innerText.includes(text), sentence, { timeout: 30_000 });
  const isLive = (page) => page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  const watcher = await open("watch");
  await isLive(watcher);
  const driver = await open("drive");
  await says(watcher, "A driver's connection took your place.");
  await isLive(driver);
  await says(watcher, "The robot has as many viewers as it allows (1).");
}));

test("with no robot the page says so and how to help it", () => withAll(async (add) => {
  const server = add(await startServer());
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await page.waitForFunction(() => /no robot/i.test(document.querySelector("#headline")?.textContent ?? ""));
  await page.screenshot({ path: `${pictures}/page-no-robot.png` });
  const robot = add(new Robot(server.port));
  await robot.online();
  await watchFrames(page);
  await freshFrames(page, 10, { limit: 60_000 });
  assert.ok((await frames(page)).length > 0);
}));
