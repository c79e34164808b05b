// A robot that is driven over a radio link that fails. Bounds are several times what is to be reached, for a machine that does other
// work beside; `script/bench driving` prints the figures themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDriver } from "../../bench/lib/driver.mjs";
import { press } from "../lib/driven.mjs";
import { withAll } from "../lib/programs.mjs";

const link = { up: "5M", delay: 25 };

test("when the link is gone the robot stands, and the controls must be let go of before it moves again", () => withAll(async (add) => {
  const { place, robot, page } = await openDriver(add, link);
  await robot.driveOff(page);
  const stands = robot.stands("dead_man");
  await place.outage(1.5);
  await stands;
  await robot.stands("neutral");
  const back = robot.output("driven, neutral", ({ moving, axes }) => moving && axes[1] === 0);
  await page.keyboard.up("w");
  await back;
  await press(page, "w", robot.moves());
}));

test("a driver whose picture stands still cannot drive on, though the commands arrive", () => withAll(async (add) => {
  const { place, robot, page } = await openDriver(add, link);
  await robot.driveOff(page);
  const stands = robot.stands("picture");
  await place.outageOfUplink(4);
  // Which is only said while fresh commands arrive: without them it would be "dead_man", and sooner.
  await stands;
}));

test("a robot that is far away is slower", () => withAll(async (add) => {
  const { robot, page } = await openDriver(add, { up: "5M", delay: 110 }, { flags: ["--full-speed-until", "120"] });
  await robot.driveOff(page);
  const { speed } = await press(page, "w", robot.output("less than full speed", (output) => output.moving && output.speed < 0.95));
  assert.ok(speed >= 0.2, `${speed}`);
}));
