// Many viewers one after the other, and browsers that die without a word: does anything grow?
import { launchKillable } from "../tests/lib/browser.mjs";
import { median, quantile, round, row } from "./lib/figures.mjs";
import { figuresOf } from "./memory.mjs";
import { connect, disconnect, nobodyWatches, startRobot, startViewer, viewerPage, PICTURES } from "./lib/rig.mjs";

export const title = "100 connections, 20 killed browsers";

/** How much more there may be at the end than after the first quarter, to be called flat: threads, descriptors, MB. */
const SLACK = { threads: 2, descriptors: 2, rss: 3 };

/** Connects, sees a frame, closes; figures after each quarter. */
async function cycles(page, robot, count) {
  const took = [];
  const quarters = [];
  for (let i = 1; i <= count; i++) {
    const [marks] = await connect(page);
    took.push(marks.frame);
    await disconnect(page, robot);
    if (i % (count / 4) === 0) quarters.push({ cycle: i, ...figuresOf(robot) });
  }
  return { n: count, p50: median(took), p95: quantile(took, 0.95), max: quantile(took, 1), quarters };
}

/** Kills each browser while it watches; how long the robot then needs to have forgotten the last of them. */
async function kills(add, server, robot, count) {
  for (let i = 0; i < count; i++) {
    const browser = add(await launchKillable());
    await connect(await viewerPage(browser, server, { width: 160 }));
    await browser.kill();
  }
  const killed = Date.now();
  await nobodyWatches(robot, 90_000);
  return { n: count, noticed: (Date.now() - killed) / 1000, ...figuresOf(robot) };
}

function isFlat(from, to) {
  return Object.entries(SLACK).every(([key, slack]) => to[key] <= from[key] + slack);
}

export async function run({ add, quick }) {
  const { server, robot } = await startRobot(add, PICTURES[0]);
  const page = await startViewer(add, server);
  const connected = await cycles(page, robot, quick ? 12 : 100);
  const killed = await kills(add, server, robot, quick ? 3 : 20);
  return { figures: { connected, killed }, rows: rowsOf(connected, killed), notes: [NOTE] };
}

const NOTE = "Flat: from the first quarter on at most 2 threads, 2 descriptors and 3 MB more. " +
  "The browsers are killed with SIGKILL while they watch, one after the other.";

function rowsOf({ n, p50, p95, max, quarters }, killed) {
  const text = ({ threads, descriptors, rss }) => `${threads} threads, ${descriptors} descriptors, ${rss} MB`;
  const flat = isFlat(quarters[0], quarters.at(-1));
  const flatAfter = isFlat({ ...quarters[0], rss: Infinity }, killed);
  return [
    row(`click to first frame, ${n} times: median / p95 / max`, `${Math.round(p50)} / ${Math.round(p95)} / ${Math.round(max)} ms`,
      { beside: "webrtcbin 266 / 319 (earlier)" }),
    ...quarters.map((figures, i) => row(`after ${figures.cycle}`, text(figures), i === 3 ? { target: "flat", reached: flat } : {})),
    row(`after ${killed.n} killed browsers`, text(killed), { target: "threads and descriptors flat", reached: flatAfter }),
    row("the last one forgotten after", `${round(killed.noticed)} s`),
  ];
}
