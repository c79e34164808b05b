// How a robot that is driven stops: to the millisecond, alone and in outages at speed. How soon it obeys: `script/bench radio --driver`.
import { spawnSync } from "node:child_process";
import { bin } from "../tests/lib/programs.mjs";
import { openDriver } from "./lib/driver.mjs";
import { quantile, round, row } from "./lib/figures.mjs";

export const title = "Driving";

const LIMIT = 250;
const PATH = { up: "5M", down: "5M", delay: 25 };

/** Many robots in one process, driven and left alone. */
function deadMan(trials) {
  const { status, stdout, stderr } = spawnSync(`${bin}/dead_man`, [String(trials), "25", String(LIMIT)], { encoding: "utf8", timeout: 300_000 });
  if (status !== 0) throw new Error(`dead_man: ${stderr}`);
  return JSON.parse(stdout);
}

/** A stick that never rests, so that each command is an output of its own and the last one's time is known. */
const RESTLESS = () => {
  window.__held = false;
  const pad = { index: 0, id: "bench", connected: true, mapping: "standard", timestamp: 0, axes: [0, 0, 0, 0],
    buttons: Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 })) };
  navigator.getGamepads = () => {
    pad.axes = [0, window.__held ? -0.6 - 0.3 * Math.random() : 0, 0, 0];
    pad.timestamp = performance.now();
    return [pad, null, null, null];
  };
};

/** Drives, neutral: takes the controls where it has not got them, as after an outage that made the page dial anew. */
async function settle(robot, page) {
  await page.evaluate(() => (window.__held = false));
  const neutral = robot.output("driven, neutral", ({ moving, axes }) => moving && axes[1] === 0);
  const done = neutral.then(() => true);
  const act = page.locator("#act[data-name=take]");
  while (!(await Promise.race([done, act.click({ timeout: 2_000 }).then(() => false, () => false)])));
}

/**
 * The link goes at speed, again and again: from the last command that was obeyed to the first stop, ms, by the robot's own stamps on what it
 * writes to its actuator.
 */
async function outages(add, count) {
  const { place, robot, page } = await openDriver(add, PATH, { init: RESTLESS });
  await page.evaluate(() => dispatchEvent(Object.assign(new Event("gamepadconnected"), { gamepad: navigator.getGamepads()[0] })));
  const took = [];
  for (let i = 0; i < count; i++) {
    await settle(robot, page);
    const moving = robot.moves();
    await page.evaluate(() => (window.__held = true));
    await moving;
    await robot.output("some commands", ({ moving: still }) => still && robot.outputs().length % 7 === 0);
    const stood = robot.stands("dead_man");
    await place.outage(0.5); // Shorter than what makes the page dial anew, which ends the lease.
    const { ms, seen } = await stood;
    // What is said again each 100 ms is no command.
    const last = seen.findLast(({ moving: still, axes }, i) => i > 0 && still && axes[1] !== seen[i - 1]?.axes[1]);
    if (last) took.push(ms - last.ms);
    await robot.output("the link to be back", ({ why }) => why === "neutral" || why === "");
  }
  return took;
}

export async function run({ add, quick, outages: count = quick ? 5 : 40 }) {
  const exact = deadMan(quick ? 200 : 1_000);
  const took = await outages(add, count);
  const beyond = took.map((ms) => ms - LIMIT);
  const figures = { exact, outages: took };
  const within = beyond.filter((ms) => Math.abs(ms) <= 10).length;
  return {
    figures,
    rows: [
      row(`last command to stop, less ${LIMIT} ms: p50 / p99 / most of ${exact.trials}`,
        `${round(exact.p50, 2)} / ${round(exact.p99, 2)} / ${round(exact.most, 2)} ms`,
        { target: "within 10 ms, all", reached: exact.within_10_ms === exact.trials,
          beside: `${exact.within_10_ms} of ${exact.trials} within 10 ms` }),
      row(`the same in ${took.length} outages at speed, with a browser: p50 / least / most`,
        `${round(quantile(beyond, 0.5))} / ${round(Math.min(...beyond))} / ${round(Math.max(...beyond))} ms`,
        { target: "within 10 ms, all", reached: within === took.length, beside: `${within} of ${took.length} within 10 ms` }),
    ],
    notes: ["The first figure is of the driving thread alone, 25 robots at once on this machine; the second is of the real programs over the " +
      "link laboratory, by the robot's stamps on what it tells its actuator."],
  };
}
