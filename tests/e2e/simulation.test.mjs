// Driving on a desk: the simulated robot, the black box beside it, and the example with two motors.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { openConsole, press, take } from "../lib/driven.mjs";
import { bin, eventually, Program, Robot, root, startServer, withAll } from "../lib/programs.mjs";

const pictures = `${root}build/pictures`;
mkdirSync(pictures, { recursive: true });

const title = (page, text) => page.waitForFunction((wanted) => document.getElementById("title").textContent === wanted, text,
  { timeout: 60_000, polling: 30 });

/** What the page shows, below the time stamp, as a few grey numbers. */
const picture = (page) => page.evaluate(() => {
  const video = document.querySelector("video");
  const canvas = new OffscreenCanvas(64, 48);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 48);
  return [...context.getImageData(0, 6, 64, 42).data].filter((_, i) => i % 4 === 1);
});

/** The share of numbers that differ clearly. */
const change = (a, b) => a.filter((value, i) => Math.abs(value - b[i]) > 24).length / a.length;

/** The records of a black box. */
function recorded(folder, ...more) {
  const read = spawnSync(`${bin}/rtcbot-robot`, ["black-box", folder, ...more], { encoding: "utf8" });
  assert.equal(read.status, 0, read.stderr);
  return read.stdout.split("\n").filter((line) => line).map((line) => JSON.parse(line));
}

function ownFolder(add) {
  const path = mkdtempSync(`${tmpdir()}/blackbox-`);
  add({ stop: () => rmSync(path, { recursive: true }) });
  return path;
}

test("press W and see it move; what happened is known after the robot was killed", () => withAll(async (add) => {
  const box = ownFolder(add);
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--drive", "sim", "--stop-file", "none", "--black-box", box, "--black-box-video"],
    { camera: "auto" }));
  await robot.online();
  const page = await openConsole(add(await launch()), server.url);
  await take(page);
  await title(page, "You're driving");
  const before = await picture(page);
  await press(page, "w", eventually("the picture to move", async () => change(before, await picture(page)) > 0.1));
  await page.screenshot({ path: `${pictures}/simulation.png` });
  await page.keyboard.up("w");
  await eventually("the outputs, on disk", () => recorded(box, "--type", "output").some(({ data }) => data.axes[1] > 0));
  await eventually("figures with a viewer, on disk", () => recorded(box, "--type", "stats").some(({ data }) => data.viewers.length === 1));
  await robot.kill();

  const records = recorded(box, "--since", "1h");
  const of = (type) => records.filter((record) => record.type === type).map(({ data }) => data);
  assert.equal(of("start").length, 1);
  assert.equal(of("end").length, 0, "it was killed");
  assert.ok(of("event").some(({ kind }) => kind === "lease"), JSON.stringify(of("event")));
  assert.ok(of("command").some(({ verdict, axes }) => verdict === "taken" && axes[1] > 0), "what the driver wanted");
  assert.ok(of("log").some(({ message }) => /connected/.test(message)));
  const [video] = of("video");
  assert.equal(video.width, 640);
  assert.ok(statSync(`${box}/${video.file}`).size > 10_000);
  for (let i = 1; i < records.length; ++i) assert.ok(records[i].ms >= records[i - 1].ms - 5000, "in order, but for the threads");
}));

test("a black box says what is wrong, and is no reason not to drive", () => withAll(async (add) => {
  const run = (...args) => spawnSync(`${bin}/rtcbot-robot`, args, { encoding: "utf8", timeout: 20_000 });
  assert.equal(run("black-box", "/no/such/folder").status, 1);
  assert.equal(run("black-box", tmpdir(), "--since", "yesterday").status, 2);
  assert.equal(run("--black-box", tmpdir(), "--black-box-size", "10kB").status, 2);
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--black-box", "/proc/no-folder-here"]));
  await robot.line(/cannot be written: .*driving continues/);
  await robot.online();
}));

test("the example with two motors drives them", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Program("example-two_motors", [`ws://127.0.0.1:${server.port}/ws`]));
  await server.line(/online|connected/i);
  const page = await openConsole(add(await launch()), server.url);
  await take(page);
  await title(page, "You're driving");
  await press(page, "w", robot.line(/^left +2\d\d$/));
  await robot.line(/^right +2\d\d$/);
  await page.keyboard.up("w");
  await eventually("both to stand", () => ["left", "right"].every((side) =>
    /  0$/.test(robot.lines.filter(({ text }) => text.startsWith(side)).at(-1)?.text ?? "")));
  await press(page, "a", robot.line(/^left +-\d+$/));
}));
