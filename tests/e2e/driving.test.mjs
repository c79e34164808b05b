// A robot that is driven by real browsers, and stops: real programs, real keys.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { frames, freshFrames, launch, launchKillable, watchFrames } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole, press } from "../lib/driven.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";
import { Credentials } from "../fleet/support/credentials.mjs";

async function site(add, flags = []) {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, ...flags]));
  await robot.online();
  return { server, robot };
}

test("one drives with W, and it stands when the key is let go of", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const page = await openConsole(add(await launch()), server.url);
  assert.equal(robot.outputs().at(-1).why, "no_driver");
  await robot.driveOff(page);
  const still = robot.output("no speed", ({ axes }) => axes.every((axis) => axis === 0));
  await page.keyboard.up("w");
  await still;
}));

test("a browser that is killed at speed leaves a robot that stands", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  let stop, last;
  // Where the machine pauses just before the kill, it stands already.
  for (let tries = 0; tries < 3 && !last; tries++) {
    const browser = add(await launchKillable());
    const page = await openConsole(browser, server.url);
    await robot.driveOff(page);
    const stands = robot.stands("dead_man");
    await browser.kill();
    stop = await stands;
    last = stop.seen.findLast(({ moving }) => moving);
    await robot.stands("no_driver");
  }
  assert.ok(last, "it was moving");
  // By the robot's own stamps. The last line of a speed that stays is up to 100 ms older than the last command; the rest is this machine's. By
  // itself the connection would be given up after twelve seconds.
  assert.ok(stop.ms - last.ms < 4_000, `${stop.ms - last.ms} ms after the last line`);
}));

test("a second browser cannot drive, may ask, and is handed over to", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const browser = add(await launch());
  const [ann, bo] = [await openConsole(browser, server.url), await openConsole(browser, server.url)];
  await robot.driveOff(ann);
  await bo.keyboard.down("s");
  await bo.locator("#act").click();
  await ann.locator("#ask").waitFor();
  const before = robot.outputs().length;
  await robot.output("a second of it", () => robot.outputs().length > before + 10);
  assert.ok(robot.outputs().slice(before).every(({ axes }) => axes[1] >= 0), "nothing of the second one's was obeyed");
  const handed = robot.output("the first to drive no more", ({ moving }) => !moving);
  await ann.locator("#grant").click();
  await handed;
  const still = robot.output("the second to be neutral", ({ moving, axes }) => moving && axes[1] === 0);
  await bo.keyboard.up("s");
  await still;
  await press(bo, "s", robot.output("the second to drive", ({ moving, axes }) => moving && axes[1] < 0));
}));

test("the picture follows the link of the one who drives, and moves with the seat", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const browser = add(await launch());
  const ann = await openConsole(browser, server.url);
  await robot.statsWhere("the first to be shown something", ({ viewers }) => viewers.length === 1 && viewers[0].leads);
  const bo = await openConsole(browser, server.url);
  const leading = (place, driver) => robot.statsWhere(`viewer ${place} to lead`, ({ viewers, driving }) =>
    viewers.length === 2 && driving.driver === driver && viewers.every(({ leads }, each) => leads === (each === place)));
  await leading(0, null);
  await robot.driveOff(bo);
  await leading(1, 2);
  await ann.locator("#act").click();
  await bo.locator("#ask").waitFor();
  await bo.locator("#grant").click();
  await leading(0, 1);
}));

test("who only watches cannot drive and may stop; a driver releases it on purpose", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, "--token", credentials.token("robot", ["rover"])], { path: "/rover" }));
  await robot.online();
  const browser = add(await launch());
  const at = (role) => openConsole(browser, `${server.url}/rover#token=${credentials.token(role, ["rover"]).replace(/.*#token=/, "")}`);
  const driver = await at("drive");
  const watcher = await at("watch");
  assert.equal(await watcher.locator("#act").isVisible(), false, "nothing to take the controls with");
  await robot.driveOff(driver);
  const stopped = robot.stands("emergency_stop");
  await watcher.keyboard.press("Space");
  await stopped;
  assert.equal(await watcher.locator("#release").isVisible(), false);
  await driver.keyboard.up("w");
  await driver.locator("#release").waitFor();
  const box = await driver.locator("#release").boundingBox();
  await driver.mouse.move(box.x + 5, box.y + 5);
  // A press within 400 ms of the one on Drive, at the same place, is a slip.
  await driver.waitForFunction((since) => performance.now() - since > 450, await driver.evaluate(() => performance.now()));
  await driver.mouse.down();
  // The robot has to have heard that the controls are let go of, or it waits for that.
  await robot.output("released, and driven neutral", ({ moving }) => moving);
  await driver.mouse.up();
  await press(driver, "w", robot.moves());
}));

test("commands that are repeated and reordered on the way change nothing", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const page = await openConsole(add(await launch()), server.url, { init: () => {
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function (text) {
      send.call(this, text);
      if (this.label !== "rtcbot.drive") return;
      send.call(this, text);
      setTimeout(() => this.readyState === "open" && send.call(this, text), 400);
    };
  } });
  await robot.driveOff(page);
  await press(page, "w", robot.statsWhere("old ones to be counted", ({ driving }) => driving.commands.late > 100 && driving.moving));
  // What was forward half a second ago must not be so now.
  const still = robot.output("no speed", ({ axes }) => axes.every((axis) => axis === 0));
  await page.keyboard.up("w");
  await still;
  const from = robot.outputs().length;
  await robot.statsWhere("as many again", ({ driving }) => driving.commands.late > 200);
  assert.ok(robot.outputs().slice(from).every(({ axes }) => axes[1] === 0), "no old command came through");
}));

test("a page whose machine is set to another time drives on", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const page = await openConsole(add(await launch()), server.url, { init: () => {
    const plain = Date.now.bind(Date);
    window.__moved = 0;
    Date.now = () => plain() + window.__moved;
  } });
  await robot.driveOff(page);
  const from = robot.outputs().length;
  for (const step of [86_400_000, -3 * 86_400_000]) {
    await page.evaluate((by) => (window.__moved += by), step);
    const { driving } = robot.stats();
    await robot.statsWhere("a second of it", (now) => now.driving.commands.taken > driving.commands.taken + 40);
  }
  // A machine that does other work may miss a dead-man's limit, and then wants the controls let go of; a clock would stop it for another reason,
  // for good.
  assert.ok(robot.outputs().length > from);
  await robot.output("it to go on, or to want the controls let go of", ({ moving, why }) => moving || why === "neutral");
}));

test("a page whose machine slept stands, and drives on when it has been neutral", () => withAll(async (add) => {
  const { server, robot } = await site(add);
  const page = await openConsole(add(await launch()), server.url, { init: () => {
    const plain = performance.now.bind(performance);
    let slept = 0, since = null;
    performance.now = () => (since ?? plain()) - slept;
    const plainly = window.setTimeout.bind(window);
    const late = [];
    window.setTimeout = (task, ms) => plainly(() => (since === null ? task() : late.push(task)), ms);
    window.__sleep = () => (since = plain());
    window.__wake = () => {
      [slept, since] = [slept + plain() - since, null];
      for (const task of late.splice(0)) task();
    };
  } });
  await robot.driveOff(page);
  // Its clock and its timers stand still, as those of a closed lid do.
  const stands = robot.output("it to stand", ({ moving }) => !moving);
  await page.evaluate(() => window.__sleep());
  await stands;
  await robot.output("a while to pass", ((from) => () => robot.outputs().length > from + 20)(robot.outputs().length));
  await page.evaluate(() => window.__wake());
  const neutral = robot.output("driven, neutral", ({ moving, axes }) => moving && axes[1] === 0);
  await page.keyboard.up("w");
  await neutral;
  await press(page, "w", robot.moves());
}));

test("a robot that was stopped is still stopped after it has been started anew", () => withAll(async (add) => {
  const server = add(await startServer());
  const file = `/tmp/rtcbot-stop-${process.pid}.json`;
  const flags = ["--drive", "exec:cat >&2", "--stop-file", file];
  const first = new DrivenRobot(server.port, flags);
  await first.online();
  const browser = add(await launch());
  const page = await openConsole(browser, server.url);
  const stopped = first.stands("emergency_stop");
  await page.locator("#stop").click();
  await stopped;
  await eventually("it to be written down", () => JSON.parse(readFileSync(file, "utf8")).stopped);
  await first.kill();
  const second = add(new DrivenRobot(server.port, flags));
  await second.stands("emergency_stop");
  await second.stop();
}));

test("a driver looks through another camera, alone, and a camera that is missing is shown as such", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, "--camera", "wide=gst:videotestsrc is-live=true",
    "--camera", "gone=/dev/video77"], { camera: "front=test" }));
  await robot.online();
  const browser = add(await launch());
  const [ann, bo] = [await openConsole(browser, server.url), await openConsole(browser, server.url)];
  for (const page of [ann, bo]) await watchFrames(page);
  const stamped = (page) => frames(page).then((seen) => seen.at(-1)?.stamp !== null);
  await freshFrames(ann, 10);
  await ann.locator("#camera").selectOption("wide");
  await eventually("a picture without a time stamp", async () => (await frames(ann)).length > 0 && !(await stamped(ann)));
  await eventually("the other still to see the first camera", () => stamped(bo));
  await ann.locator("#camera").selectOption("front");
  await freshFrames(ann, 10);
  await ann.locator("#camera").selectOption("gone");
  await eventually("the page to say that it is missing", async () => /gone \(missing\)/.test(await ann.locator("#camera").textContent()));
  const seen = () => ann.evaluate(() => ["video", "still"].filter((id) => document.getElementById(id).checkVisibility({ visibilityProperty: true })));
  assert.deepEqual(await seen(), [], "nothing of the camera before");
  await ann.locator("#camera").selectOption("front");
  await eventually("the first camera again", async () => (await seen()).includes("video") && stamped(ann));
  await ann.locator("#camera").selectOption("gone");
  await eventually("nothing", async () => (await seen()).length === 0);
}));
