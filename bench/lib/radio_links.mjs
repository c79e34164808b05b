// The links on which senders are compared.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { opportunitiesOfSteps, opportunitiesOfTrace } from "./radio_capacity.mjs";

const SEED = 7;

/** RFC 8867 5.1: one flow, and a varying capacity. Mbit/s, from second. */
const RFC8867_STEPS = [[0, 1], [40, 2.5], [60, 0.6], [80, 1]];

const stepsSpec = (steps) => `steps:${steps.map(([at, mbps]) => `${at}=${Math.round(mbps * 1000)}k`).join(",")}`;
const inBits = (steps) => steps.map(([at, mbps]) => [at, mbps * 1e6]);

/** @returns {{name: string, title: string, up: string, delay: number, opportunities: number[]}} */
function stepsLink(name, title, steps, delay, seconds) {
  const up = steps.length === 1 ? `${steps[0][1]}M` : stepsSpec(steps);
  return { name, title, up, delay, opportunities: opportunitiesOfSteps(inBits(steps), seconds) };
}

function traceLink(path, seconds) {
  const name = basename(path).replace(/\.(up|down|trace)$/, "");
  const opportunities = opportunitiesOfTrace(readFileSync(path, "utf8"), seconds);
  return { name, title: name.replace(/-/g, " "), up: `trace:${path}`, delay: 20, opportunities };
}

const MADE = { city: "made: city", drive: "made: driving", fast: "made: fast" };

/** @param {(name: string, seed: number) => string} print returns a generated trace as text */
function madeLink(name, seconds, print) {
  const opportunities = opportunitiesOfTrace(print(name, SEED), seconds);
  return { name, title: MADE[name], up: `trace:${name}`, delay: 20, seed: SEED, opportunities };
}

/** All links, by name: recorded ones of a folder if given, otherwise generated ones; and the synthetic ones. */
export function linksOf({ traces, seconds, print }) {
  const files = traces ? readdirSync(traces).filter((file) => file.endsWith(".up")).sort() : [];
  const recorded = files.map((file) => traceLink(join(traces, file), seconds));
  const made = recorded.length > 0 ? [] : Object.keys(MADE).map((name) => madeLink(name, seconds, print));
  return [
    ...recorded, ...made,
    stepsLink("constant", "constant 5 Mbit/s, 25 ms", [[0, 5]], 25, seconds),
    stepsLink("steps", "steps of RFC 8867 5.1, 50 ms", RFC8867_STEPS, 50, seconds),
  ];
}

export const seedOf = (link) => link.seed ?? SEED;
