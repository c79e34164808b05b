// A real page at one server, a real robot at another: the picture comes, and stays when their servers are gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Robot, withAll } from "../lib/programs.mjs";
import { listed, startFleet } from "./support/fleet.mjs";

test("Chromium at one server sees the robot of another, and keeps its picture when that server is killed", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const robot = add(new Robot(home.port, ["--name", "rover"]));
  await robot.online();
  await listed(away, ["rover"]);
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${away.url}/rover`);
  await watchFrames(page);
  await freshFrames(page, 20);
  await home.kill();
  await listed(away, []);
  const frames = await freshFrames(page, 20);
  assert.ok(frames.length >= 20);
}));
