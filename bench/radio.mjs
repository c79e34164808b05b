// script/bench radio: every sender on every link, one after the other from the same instant of the same trace; one table.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { bin, root, withAll } from "../tests/lib/programs.mjs";
import { describeMachine, quiet, quietness } from "./lib/machine.mjs";
import { figuresOf, limitsOf } from "./lib/radio_figures.mjs";
import { linksOf } from "./lib/radio_links.mjs";
import { openPlace, printTrace } from "./lib/radio_link.mjs";
import { judge, measure } from "./lib/radio_measure.mjs";
import { plot } from "./lib/radio_plot.mjs";
import { against, asMarkdown, printed, writeBetween } from "./lib/radio_report.mjs";
import { CAP, SENDERS } from "./lib/radio_senders.mjs";

const FOLDER = `${root}build/bench/radio`;
const latestOf = (folder) => `${folder}/latest.json`;
const MARKS = ["<!-- figures: written by script/bench radio --write-docs -->", "<!-- end of figures -->"];
const DEFAULT_SENDERS = ["ours", "chromium-best", "chromium", "aiortc", "fixed"];
const QUICK = { seconds: 18, senders: ["ours", "chromium-best", "aiortc", "fixed"], links: 2 };
const WARM_UP = 5; // s that pass in a trace's list beyond the run, so that its end is not the list's

const NOTES = [
  "Picture: the robot's test:busy, 1280x720 at 30 a second, cap 8 Mbit/s; rivals get the same texture, ball and time stamp, sample by " +
    "sample, and a clock of the same size. aiortc and the fixed rate keep their own limits (aiortc: 1.5 Mbit/s for VP8).",
  "The viewer is the same headless Chromium page for all, with jitterBufferTarget 0; no GPU, a display of 60 Hz. Delay: from the stamp to " +
    "requestVideoFrameCallback.",
  "Held back: mean time in the viewer's jitter buffer, which its browser chooses; a part of the delay. Queue: in the link, with transmission.",
  "On screen: the age of what is seen, looked at each 10 ms. Freezes: more than 200 ms without a new picture. Video: payload received " +
    "(without error correction), of the pictures that were shown; of link: share of what it could carry, in no second more than the cap.",
  "SSIM: brightness of 512x288 in the middle, at full size, against the very picture that was meant, twice a second.",
  "Our robot dials its server over the link; the offers and answers of the others go by pipe. Video of all goes over the link alone.",
];

function listOf(text, all, what) {
  const names = text.split(",");
  for (const name of names) if (!all.includes(name)) throw new Error(`no ${what} ${name}; there are ${all.join(", ")}`);
  return names;
}

function readArguments(words) {
  const flags = { quick: false, writeDocs: false, last: false, dynamics: false, driver: false, patience: 60, seconds: null, traces: null, links: null,
    senders: null, robotFlags: [], folder: FOLDER };
  for (const word of words) {
    const [name, value] = word.split("=");
    if (word === "--quick") flags.quick = true;
    else if (word === "--write-docs") flags.writeDocs = true;
    else if (word === "--last") flags.last = true;
    else if (word === "--dynamics") flags.dynamics = true;
    else if (word === "--driver") flags.driver = true;
    else if (/^--(patience|seconds)=\d+$/.test(word)) flags[name.slice(2)] = Number(value);
    else if (/^--(traces|links|folder)=./.test(word)) flags[name.slice(2)] = value;
    else if (/^--robot-flags=./.test(word)) flags.robotFlags = word.slice("--robot-flags=".length).split(" ");
    else if (/^--senders=./.test(word)) flags.senders = listOf(value, Object.keys(SENDERS), "sender");
    else throw new Error(`radio: unknown argument ${word}; see script/bench --help`);
  }
  return flags;
}

function planOf({ quick, seconds, traces, links, senders }) {
  const length = seconds ?? (quick ? QUICK.seconds : 60);
  const all = linksOf({ traces, seconds: length + WARM_UP, print: printTrace });
  const quickOnes = [all[0].name, "constant"];
  const wanted = links ? listOf(links, all.map(({ name }) => name), "link") : quick ? quickOnes : all.map(({ name }) => name);
  return { seconds: length, links: all.filter(({ name }) => wanted.includes(name)),
    senders: senders ?? (quick ? QUICK.senders : DEFAULT_SENDERS) };
}

/** One sender on one link; what went wrong is a result, too. */
async function oneResult(link, name, { seconds }, { robotFlags, folder }) {
  const { title } = SENDERS[name];
  try {
    const seen = await withAll(async (add) => measure(add, await openPlace(add, link), SENDERS[name], seconds, { flags: robotFlags }));
    const run = { ...judge(seen), name: link.name, sender: name };
    writeFileSync(`${folder}/${link.name}-${name}.json`, JSON.stringify(run));
    return { link: link.name, sender: name, title, figures: figuresOf({ ...run, opportunities: link.opportunities }, CAP * 1000) };
  } catch (error) {
    return { link: link.name, sender: name, title, error: String(error.message) };
  }
}

async function measureAll(plan, flags) {
  const { patience, robotFlags, folder } = flags;
  mkdirSync(folder, { recursive: true });
  const calm = await quiet(patience);
  const flagsNote = robotFlags.length > 0 ? [`Our robot with ${robotFlags.join(" ")}.`] : [];
  const run = {
    at: new Date().toISOString(), machine: describeMachine(), bin, seconds: plan.seconds, notes: [...NOTES, ...flagsNote, quietness(calm)],
    links: plan.links.map((link) => ({ name: link.name, title: link.title, up: link.up, limits: limitsOf(link, plan.seconds) })), results: [],
    opportunities: Object.fromEntries(plan.links.map((link) => [link.name, link.opportunities])),
  };
  for (const link of plan.links) {
    for (const name of plan.senders) {
      const result = await oneResult(link, name, plan, flags);
      run.results.push(result);
      const { figures, error } = result;
      const outcome = figures ? `${figures.deliveredMbps} Mbit/s, p95 ${figures.delay?.p95} ms` : `FAILED ${error}`;
      console.error(`  ${link.title}: ${result.title}: ${outcome}`);
      writeFileSync(latestOf(folder), `${JSON.stringify(run)}\n`);
    }
  }
  return run;
}

function writePlots(run, folder) {
  mkdirSync(`${root}docs/radio`, { recursive: true });
  const plots = {};
  for (const link of run.links) {
    const senders = run.results.filter((result) => result.link === link.name && result.figures)
      .map(({ title, sender }) => ({ title, run: JSON.parse(readFileSync(`${folder}/${link.name}-${sender}.json`, "utf8")) }));
    plots[link.name] = `radio/${link.name}.svg`;
    const picture = plot({ ...link, opportunities: run.opportunities[link.name] }, senders, run.seconds, CAP / 1000);
    writeFileSync(`${root}docs/${plots[link.name]}`, picture);
  }
  return plots;
}

function writeDocs(run, folder) {
  const { cores, cpu, kernel, browser } = run.machine;
  const where = `Measured ${run.at.slice(0, 10)} on ${cores} cores (${cpu}), Linux ${kernel}, ${browser}, ${run.seconds} s each.`;
  writeBetween(MARKS, `${where}\n\n${asMarkdown(run, writePlots(run, folder))}`);
}

function summary(run) {
  return ["chromium-best", "aiortc"].flatMap((rival) => {
    const ratio = against(run, "ours", rival);
    return ratio ? [`ours against ${SENDERS[rival].title}, geometric mean of ${ratio.links} links: ${ratio.bits.toFixed(2)} times the video at ` +
      `${ratio.delay.toFixed(2)} times the p95 delay`] : [];
  });
}

/** @param {string[]} words what follows `script/bench radio` */
export async function main(words) {
  const flags = readArguments(words);
  if (flags.dynamics) {
    const { runDynamics } = await import("./radio_dynamics.mjs");
    return runDynamics(flags);
  }
  if (flags.driver) {
    const { runDriver } = await import("./radio_driver.mjs");
    return runDriver(flags);
  }
  const latest = latestOf(flags.folder);
  if (flags.last && !existsSync(latest)) throw new Error("nothing has been measured yet");
  const run = flags.last ? JSON.parse(readFileSync(latest, "utf8")) : await measureAll(planOf(flags), flags);
  console.log([printed(run), ...summary(run).map((line) => `  ${line}`)].join("\n"));
  if (flags.writeDocs) writeDocs(run, flags.folder);
  process.exitCode = run.results.some(({ error }) => error) ? 1 : 0;
}
