// Nobody reads what the robot prints: it goes on all the same, and ends when it is asked to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { launch } from "../lib/browser.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";

const COUNT = 100;
const PAD = "x".repeat(50_000);  // 5 MB in all, more than any pipe and the robot's own queue hold

const said = (robot, what) => robot.lines.some(({ from, text }) => from === "err" && what.test(text));

const flood = (page) => page.evaluate(async ([count, pad]) => {
  for (let n = 1; n <= count;) {
    try {
      window.conn.put_nowait({ n, pad });
      n++;
    } catch (error) {
      if (error.reason !== "queue_full") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}, [COUNT, PAD]);

test("messages that nobody reads are dropped, oldest first, and stop neither the robot nor its end", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await barePage(browser, server);
  await dial(page, { video: false });

  robot.child.stdout.pause();
  await flood(page);
  await robot.line(/nobody reads standard output/);
  await dial(await barePage(browser, server), { video: false });  // who comes now is answered

  robot.child.stdout.resume();
  await eventually("the newest message", () => robot.messages().some((message) => message.n === COUNT));
  assert.ok(robot.messages().length < COUNT, `${robot.messages().length} messages`);
  await robot.statsWhere("dropped lines", (stats) => stats.lines_dropped > 0);

  robot.child.stdout.pause();
  await flood(page);
  assert.deepEqual(await robot.stop(10_000), { code: 0, signal: null });
  assert.ok(said(robot, /lines for standard output were dropped/));
}));

test("a reader that goes away does not take the robot with it", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  robot.child.stdout.destroy();
  await robot.line(/standard output can no longer be written \(Broken pipe\)/);
  const browser = add(await launch());
  await dial(await barePage(browser, server), { video: false });
  assert.deepEqual(await robot.stop(10_000), { code: 0, signal: null });
}));
