// script/bench radio --driver: what a driver feels: from the click to the picture over a distance, and from the stick to the sink.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Program, root, withAll } from "../tests/lib/programs.mjs";
import { median, row } from "./lib/figures.mjs";
import { describeMachine, pause, quiet, quietness } from "./lib/machine.mjs";
import { EVERY } from "./lib/radio_datagrams.mjs";
import { commandsOf, startOf } from "./lib/radio_driver_figures.mjs";
import { openPlace, printTrace } from "./lib/radio_link.mjs";
import { linksOf } from "./lib/radio_links.mjs";
import { connectLink, openLinkPage } from "./lib/radio_measure.mjs";
import { browserAt } from "./lib/radio_place.mjs";
import { columns, markdownTable, writeBetween } from "./lib/radio_report.mjs";
import { SENDERS } from "./lib/radio_senders.mjs";

const MARKS = ["<!-- driver: written by script/bench radio --driver --write-docs -->", "<!-- end of driver -->"];
const FAR = { up: "5M", delay: 25 };
const SETTLE = 10; // s of video before commands count
const CLIMB = 12; // s in which the full picture has to come
const READY = 2; // s that a robot has been online before somebody looks: it tries its encoders meanwhile

/** The page dials anew: what is seen from the click on. */
async function click(page, place) {
  const clicked = await page.evaluate(() => {
    window.link?.close();
    window.radio.forget();
    const at = Date.now();
    window.link = window.dial();
    return at;
  });
  const traffic = [];
  while (Date.now() < clicked + CLIMB * 1000) {
    traffic.push(place.traffic());
    await pause(0.1);
  }
  return startOf(await page.evaluate(() => window.radio.seen()), traffic, clicked);
}

/** Robots that have just been started, each watched by a browser that has watched others, and then once more. */
async function starts(repetitions, robotFlags) {
  const seen = [];
  await withAll(async (add) => {
    const place = await openPlace(add, FAR);
    const browser = await browserAt(add, place.b);
    await place.begin();
    for (let i = 0; i <= repetitions; i++) {
      await withAll(async (own) => {
        const sender = await SENDERS.ours.start(own, place, { flags: robotFlags });
        const page = await openLinkPage(browser, sender);
        await pause(READY);
        seen.push({ cold: await click(page, place), warm: await click(page, place) });
        await page.close();
      });
    }
  });
  const [first, ...rest] = seen;
  return { first: first.cold, cold: rest.map(({ cold }) => cold), warm: rest.map(({ warm }) => warm) };
}

const linesOf = (program, read, stream = "out") => program.lines.filter(({ from, text }) => from === stream && text.startsWith("{"))
  .flatMap(({ text, at }) => {
    const sent = read(JSON.parse(text), at);
    return typeof sent === "number" ? [{ sent, at }] : [];
  });

/** Nothing stops this robot, so that every command's delay is seen, old ones' too. */
const OBEDIENT = ["--drive", "exec:cat >&2", "--stop-file", "none", "--dead-man", "60000", "--stale-command", "60000", "--stale-picture", "0"];
/** The third axis says when a command was made, as a share of these ms: a page sends four digits, which is a millisecond. */
const ROUND = 10_000;

/** When the command was made whose output was written at `at`. */
function madeAt({ moving, axes }, at) {
  if (!moving || !(axes?.[2] > 0)) return null;
  const late = (at % ROUND) - Math.round(axes[2] * ROUND);
  return at - (late < 0 ? late + ROUND : late);
}

/** Takes the controls, is neutral for a moment, and then says in each command when it was made. */
const drive = (page) => page.evaluate(async (round) => {
  let neutral = true;
  window.commands = 0;
  window.link.close();
  window.radio.forget();
  const read = () => ({ axes: neutral ? [0, 0, 0] : [0, 0.5, ((window.commands += 1), (Date.now() % round) / round)] });
  window.link = new window.rtcbot.Link({ url: "/connect", video: document.querySelector("video"), driving: { controls: { read } } });
  const { driving } = window.link;
  const until = async (holds) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(() => driving.isAvailable);
  await driving.take();
  await until(() => driving.facts.status?.moving);
  neutral = false;
}, ROUND);

async function commands(link, seconds, robotFlags) {
  return withAll(async (add) => {
    const place = await openPlace(add, link);
    const sender = await SENDERS.ours.start(add, place, { flags: [...OBEDIENT, ...robotFlags] });
    const page = await connectLink(add, place, sender);
    const script = `${root}bench/lib/radio_datagrams.mjs`;
    const receiver = add(new Program(process.execPath, [script, "receive"], { prefix: place.a.prefix }));
    const { port } = JSON.parse(await receiver.line(/port/));
    await place.begin();
    add(new Program(process.execPath, [script, "send", place.a.address, port], { prefix: place.b.prefix }));
    await drive(page);
    await pause(SETTLE);
    const [from, before] = [Date.now(), await page.evaluate(() => window.commands)];
    await pause(seconds - SETTLE - 1);
    const [to, after] = [Date.now(), await page.evaluate(() => window.commands)];
    await pause(1);
    const came = linesOf(sender.program, madeAt, "err");
    const frames = (await page.evaluate(() => window.radio.seen())).filter(({ at }) => at > from && at < to);
    return { ...commandsOf(came, linesOf(receiver, ({ sent }) => sent), { from, to }, after - before),
      pictures: frames.length / ((to - from) / 1000) };
  });
}

const ms = (value) => (value === null ? "never" : `${Math.round(value)} ms`);
const never = Infinity;

function startRows(name, all, [target, goal]) {
  const of = (key) => all.map((one) => one[key] ?? never);
  const middle = median(of("first"));
  return [
    row(`${name}: click to first picture, median of ${all.length} (worst)`, `${ms(middle)} (${ms(Math.max(...of("first")))})`,
      { target: `${target} ms (goal ${goal})`, reached: middle <= target }),
    row(`${name}: click to the first second of 720p30 at 2.5 Mbit/s`, ms(median(of("full"))),
      { target: "3000 ms (goal 1000)", reached: median(of("full")) <= 3000 }),
  ];
}

function commandRow(link, { ours, floor, extra, ratio, sent, pictures }) {
  const isConstant = link === "constant";
  return row(`${link}: stick to sink, p50 / p95 / p99`, `${ours.p50} / ${ours.p95} / ${ours.p99} ms`, {
    target: isConstant ? "p95 25 ms above the path's (goal 15)" : "p95 1.5 times the path's (goal 1.25)",
    reached: ours.n > 0 && (isConstant ? extra <= 25 : ratio <= 1.5),
    beside: `path ${floor.p50} / ${floor.p95} / ${floor.p99} ms; ${extra.toFixed(0)} ms more, ${ratio.toFixed(2)} times; ${ours.n} of ${sent} ` +
      `commands came; ${pictures.toFixed(0)} pictures a second`,
  });
}

function rowsOf({ starts: { first, cold, warm }, commands: links }) {
  return [...startRows("50 ms round trip, the robot's first viewer", cold, [450, 260]), ...startRows("50 ms round trip, again", warm, [450, 120]),
    row("the browser's first, and the robot's: click to first picture", ms(first.first)),
    ...Object.entries(links).map(([link, seen]) => commandRow(link, seen))];
}

const NOTES = [
  "First pictures: 5 Mbit/s, 25 ms each way; our server stands with the viewer, the robot behind the link. The end of that second counts. " +
    "A robot has been online for two seconds before its first viewer comes.",
  "Commands: 50 a second by the control protocol, while video takes what the link gives; read where the actuator reads them, and none " +
    "dropped for its age (more than 300 ms are, by default). Beside them datagrams of the same pace, from process to process. Recorded links " +
    "have their own way down, made ones have the same as up.",
];

const cells = ({ what, figure, target, verdict, beside }) => [what, figure, target, verdict === "MISSED" ? "**missed**" : verdict, beside];

/** Every link's way down is a radio's, too. */
const withDown = (link) => {
  const recorded = link.up.replace(/\.up$/, ".down");
  const down = link.up.startsWith("trace:") && (recorded === link.up || existsSync(recorded.slice("trace:".length))) ? recorded : undefined;
  return { ...link, down };
};

/**
 * @param {{quick: boolean, last: boolean, writeDocs: boolean, patience: number, seconds: number | null, traces: string | null,
 *   links: string | null, robotFlags: string[], folder: string}} flags
 */
export async function runDriver({ quick, last, writeDocs, patience, seconds, traces, links, robotFlags, folder }) {
  const latest = `${folder}/driver.json`;
  mkdirSync(folder, { recursive: true });
  if (last && !existsSync(latest)) throw new Error("nothing has been measured yet");
  let run = last ? JSON.parse(readFileSync(latest, "utf8")) : null;
  if (!run) {
    const length = seconds ?? (quick ? 20 : 60);
    const calm = await quiet(patience);
    run = { at: new Date().toISOString(), machine: describeMachine(), notes: [...NOTES, quietness(calm)], commands: {} };
    run.starts = await starts(quick ? 2 : 5, robotFlags);
    const wanted = links?.split(",");
    for (const link of linksOf({ traces, seconds: length, print: printTrace })) {
      if (wanted ? !wanted.includes(link.name) : link.name === "steps") continue;
      run.commands[link.name] = await commands(withDown(link), length, robotFlags);
      console.error(`  ${link.title}: p95 ${run.commands[link.name].ours.p95} ms, path ${run.commands[link.name].floor.p95} ms`);
    }
    writeFileSync(latest, `${JSON.stringify(run, null, 1)}\n`);
  }
  const table = [["", "figure", "target", "", "beside"], ...rowsOf(run).map(cells)];
  console.log(["", "== What a driver feels", columns(table), ...run.notes.map((note) => `  ${note}`)].join("\n"));
  if (!writeDocs) return;
  const notes = run.notes.map((note) => `* ${note}`);
  writeBetween(MARKS, [`Measured ${run.at.slice(0, 10)}.`, "", markdownTable(table), "", ...notes, ""].join("\n"));
}
