// Runs the questions that script/bench is asked, prints their tables and keeps the figures.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { bin, root, withAll } from "../tests/lib/programs.mjs";
import { describeMachine, quiet, quietness } from "./lib/machine.mjs";
import { printed, writeDocs } from "./lib/report.mjs";

const QUESTIONS = {
  trickle: "./trickle.mjs",
  "first-frame": "./first_frame.mjs", "frame-delay": "./frame_delay.mjs", cpu: "./cpu.mjs", memory: "./memory.mjs", soak: "./soak.mjs",
  server: "./server.mjs", driving: "./driving.mjs", engine: "./engine.mjs", receiver: "./receiver.mjs",
};
/** Without the engine, beside which another robot has to be built first, and the receiver, which is off by default. */
const USUAL = Object.keys(QUESTIONS).filter((name) => name !== "engine" && name !== "receiver");
const LATEST = `${root}build/bench/latest.json`;

function readArguments(words) {
  const flags = { quick: false, writeDocs: false, last: false, patience: 180, outages: undefined };
  const names = [];
  for (const word of words) {
    if (word === "--quick") flags.quick = true;
    else if (word === "--write-docs") flags.writeDocs = true;
    else if (word === "--last") flags.last = true;
    else if (/^--patience=\d+$/.test(word)) flags.patience = Number(word.split("=")[1]);
    else if (/^--outages=\d+$/.test(word)) flags.outages = Number(word.split("=")[1]);
    else if (word in QUESTIONS) names.push(word);
    else throw new Error(`unknown argument ${word}; questions: ${Object.keys(QUESTIONS).join(", ")}`);
  }
  return { ...flags, names: names.length > 0 ? names : USUAL };
}

async function answer(name, { quick, patience, outages }) {
  const question = await import(QUESTIONS[name]);
  const calm = await quiet(patience);
  const began = Date.now();
  const { figures, rows, notes } = await withAll((add) => question.run({ add, quick, outages }));
  return {
    title: question.title, at: new Date(began).toISOString(), seconds: Math.round((Date.now() - began) / 1000), quick, calm,
    notes: [...notes, quietness(calm)], rows, figures,
  };
}

/** What was measured before stays, with its own date, until it is measured again. */
function keep(run) {
  mkdirSync(`${root}build/bench`, { recursive: true });
  writeFileSync(LATEST, `${JSON.stringify(run, null, 1)}\n`);
}

function lastRun() {
  return existsSync(LATEST) ? JSON.parse(readFileSync(LATEST, "utf8")) : { questions: {} };
}

async function main() {
  const { names, last, patience, writeDocs: toDocs, ...how } = readArguments(process.argv.slice(2));
  const run = lastRun();
  let failed = 0;
  let waited = 0; // of the patience, which is for all questions together
  if (!last) {
    run.machine = describeMachine();
    console.log(`Programs of ${bin}\n${Object.values(run.machine).join(", ")}`);
  }
  for (const name of names) {
    try {
      if (!last) {
        run.questions[name] = await answer(name, { ...how, patience: patience - waited });
        waited += run.questions[name].calm.waited;
      }
      if (run.questions[name]) console.log(printed(run.questions[name]));
      if (!last) keep(run);
    } catch (error) {
      failed++;
      console.error(`\n${name}: could not be measured: ${error.stack}`);
    }
  }
  if (toDocs) writeDocs(run, Object.keys(QUESTIONS));
  process.exitCode = failed > 0 ? 1 : 0;
}

if (process.argv[2] === "radio") {
  const radio = await import("./radio.mjs");
  await radio.main(process.argv.slice(3));
} else {
  await main();
}
