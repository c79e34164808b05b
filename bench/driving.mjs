// How a robot that is driven stops: to the millisecond, alone and in outages at speed. How soon it obeys: `script/bench radio --driver`.
import { spawnSync } from "node:child_process";
import { bin } from "../tests/lib/programs.mjs";
import { openDriver } from "./lib/driver.mjs";
import { quantile, round, row } from "./lib/figures.mjs";

export const title = "Driving";

const LIMIT = 250;
/** How long a trial waits for what comes at once, ms. */
const SOON = 5_000;
/** Robots that share this machine's two cores; one of its own is what a robot has. */
const AT_ONCE = 5;
const PATH = { up: "5M", down: "5M", delay: 25 };

/** Many robots in one process, driven and left alone. */
function deadMan(trials) {
  const words = [trials, AT_ONCE, LIMIT].map(String);
  const { status, stdout, stderr } = spawnSync(`${bin}/dead_man`, words, { encoding: "utf8", timeout: 300_000 });
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
  const take = async () => {
    await page.locator("#act[data-name=take]").click({ timeout: 2_000 });
    await page.locator("#act[data-name=give]").waitFor({ timeout: 2_000 });
  };
  while (!(await Promise.race([done, take().then(() => false, () => false)])));
}

/** The link goes at speed, again and again; by the robot's own stamps on what it writes to its actuator. */
async function outages(add, count) {
  const { place, robot, page } = await openDriver(add, PATH, { init: RESTLESS });
  await page.evaluate(() => dispatchEvent(Object.assign(new Event("gamepadconnected"), { gamepad: navigator.getGamepads()[0] })));
  const took = [];
  const disturbed = [];
  while (took.length + disturbed.length < count) {
    robot.lines.splice(0); // Each wait looks through them all.
    try {
      took.push(await outage(place, robot, page));
    } catch (error) {
      disturbed.push(String(error.message).split("\n")[0]);
    }
  }
  return { took, disturbed };
}

/** From the last command that was obeyed to the first stop, ms. */
async function outage(place, robot, page) {
  await settle(robot, page);
  const moving = robot.output("it to move", ({ moving: goes, axes }) => goes && axes[1] > 0, SOON);
  await page.evaluate(() => (window.__held = true));
  await moving;
  await robot.output("some commands", ({ moving: still }) => still && robot.outputs().length % 7 === 0, SOON);
  const stood = robot.output("it to stand", ({ moving: still }) => !still, SOON);
  await place.outage(0.5); // Shorter than what makes the page dial anew, which ends the lease.
  const { ms, why } = await stood;
  if (why !== "dead_man") throw new Error(`stood for another reason: ${why}`);
  // What is said again each 100 ms is no command.
  const told = robot.outputs().filter((output) => output.ms < ms);
  const at = told.findLastIndex(({ moving: still, axes }, each) => still && axes[1] !== told[each - 1]?.axes[1]);
  // Nothing queues: what a reader that is behind for a moment does not take is said to it with the next repeat.
  if (told[at].ms - told[at - 1].ms > 90) throw new Error("the reader was behind at the last command, whose time is not known");
  return ms - told[at].ms;
}

export async function run({ add, quick, outages: count = quick ? 5 : 40 }) {
  const exact = deadMan(quick ? 200 : 1_000);
  const { took, disturbed } = await outages(add, count);
  const beyond = took.map((ms) => ms - LIMIT);
  const figures = { exact, outages: took, disturbed };
  const within = beyond.filter((ms) => Math.abs(ms) <= 10).length;
  return {
    figures,
    rows: [
      row(`last command to stop, less ${LIMIT} ms: p50 / p99 / most of ${exact.trials}`,
        `${round(exact.p50, 2)} / ${round(exact.p99, 2)} / ${round(exact.most, 2)} ms`,
        { target: "within 10 ms, all", reached: exact.within_10_ms === exact.trials,
          beside: `${exact.within_10_ms} of ${exact.trials} within 10 ms; a bare timer beside it: ${exact.timer_late} times over 10 ms late, ` +
            `at most ${round(exact.timer_most, 1)} ms` }),
      row(`the same in ${took.length} outages at speed, with a browser: p50 / least / most`,
        `${round(quantile(beyond, 0.5))} / ${round(Math.min(...beyond))} / ${round(Math.max(...beyond))} ms`,
        { target: "within 10 ms, all", reached: within === took.length, beside: `${within} of ${took.length} within 10 ms` }),
    ],
    notes: [`The first figure is of the driving thread alone, ${AT_ONCE} robots at once on this machine; the second is of the real programs ` +
      "over the link laboratory, by the robot's stamps on what it tells its actuator." +
      (disturbed.length > 0 ? ` Not counted, as it stood for another reason, did not move, or its reader was behind: ${disturbed.length}.` : "")],
  };
}
