// What the engine's own process costs: this robot beside the last one that had WebRTC inside, in alternating windows on the same picture.
import { frames, freshFrames, launch, watchFrames } from "../tests/lib/browser.mjs";
import { bin } from "../tests/lib/programs.mjs";
import { buildSeconds, inProcessPrograms } from "./lib/in_process.mjs";
import { median, quantile, round, row } from "./lib/figures.mjs";
import { pause } from "./lib/machine.mjs";
import { connect, disconnect, startRobot, viewerPage, PICTURES } from "./lib/rig.mjs";
import { figuresOf } from "./memory.mjs";

export const title = "The engine in a process of its own";

const PICTURE = PICTURES[1];
const TARGETS = { cores: 0.02, megabytes: 15, frameMs: 1, firstMs: 20, build: 0.5 };

/** A server, a robot of the programs in `folder`, and a page that can watch it. */
async function place(add, browser, folder) {
  const { server, robot } = await startRobot(add, PICTURE, { statsEvery: 1, fixed: true, program: `${folder}/rtcbot-robot` });
  return { robot, page: await viewerPage(browser, server, { width: 160 }) };
}

/** One viewer for `seconds`: cores used, memory, and how old each picture was when it was shown. */
async function watched({ robot, page }, seconds) {
  await connect(page);
  await watchFrames(page);
  await freshFrames(page, 60);
  const from = { at: Date.now(), cpu: robot.cpuSeconds(), frames: (await frames(page)).length };
  await pause(seconds);
  const cores = (robot.cpuSeconds() - from.cpu) / ((Date.now() - from.at) / 1000);
  const ages = (await frames(page)).slice(from.frames).map((frame) => frame.age).filter((age) => age !== null);
  const { pss } = figuresOf(robot);
  await disconnect(page, robot);
  return { cores, pss, p50: median(ages), p95: quantile(ages, 0.95) };
}

async function firstFrame({ robot, page }) {
  const [marks] = await connect(page);
  await disconnect(page, robot);
  return marks.frame;
}

/** Runs `probe` at each place in turn, `times` times; whatever else the machine does meets both. */
async function inTurn(places, times, probe) {
  const results = places.map(() => []);
  for (let i = 0; i < times; i++) {
    for (const [j, each] of places.entries()) results[j].push(await probe(each));
  }
  return results;
}

const medians = (windows) => Object.fromEntries(Object.keys(windows[0]).map((key) => [key, median(windows.map((w) => w[key]))]));

export async function run({ add, quick }) {
  const before = inProcessPrograms();
  const browser = add(await launch());
  const places = [await place(add, browser, bin), await place(add, browser, before.bin)];
  await inTurn(places, 2, firstFrame); // Everything has been used once.
  const first = await inTurn(places, quick ? 6 : 30, firstFrame);
  const windows = await inTurn(places, quick ? 2 : 6, (each) => watched(each, quick ? 6 : 15));
  const [own, inside] = places.map((_, i) => ({ ...medians(windows[i]), first: median(first[i]) }));
  const build = quick ? null : buildSeconds(before.source);
  return { figures: { own, inside, windows, first, build }, rows: rowsOf(own, inside, build), notes: [NOTE] };
}

const NOTE = "1280x720 at 30 frames a second and 2000 kbit/s, loopback, one viewer; medians of windows that alternate between the two robots. " +
  "Beside: the last robot whose WebRTC was in its own process. Cores, memory (Pss) of all processes of the robot. Building: CPU seconds of " +
  "rtcbot-robot and all it needs, without a compiler's cache, release build; the engine's program is not counted, as packages bring it.";

function rowsOf(own, inside, build) {
  const more = (what, key, digits, unit, target) => {
    const by = own[key] - inside[key];
    return row(what, `${round(by, digits)} ${unit} more (${round(own[key], digits)})`,
      { target: `${target} ${unit}`, reached: by <= target, beside: `${round(inside[key], digits)} ${unit}` });
  };
  const rows = [
    more("cores while one watches", "cores", 3, "core", TARGETS.cores),
    more("memory while one watches", "pss", 1, "MB", TARGETS.megabytes),
    row("age of the picture, p50", `${round(own.p50)} ms`, { beside: `${round(inside.p50)} ms` }),
    more("age of the picture, p95", "p95", 1, "ms", TARGETS.frameMs),
    more("click to first frame", "first", 1, "ms", TARGETS.firstMs),
  ];
  if (build === null) return rows;
  const share = build.own / build.inside;
  return [...rows, row("building the robot, CPU", `${Math.round(build.own)} s, ${round(share, 2)} times`,
    { target: `${TARGETS.build} times`, reached: share <= TARGETS.build, beside: `${Math.round(build.inside)} s` })];
}
