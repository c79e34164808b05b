// Describes the machine, and checks whether it is quiet enough for measurements.
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { execFileSync } from "node:child_process";
import { round } from "./figures.mjs";

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Busy and total jiffies of all cores so far. */
function jiffies() {
  const fields = readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const total = fields.reduce((a, b) => a + b);
  return { busy: total - fields[3] - fields[4], total };
}

/** Starts to count busy cores; returns a function that gives the mean since now. */
export function busyMeter() {
  const from = jiffies();
  return () => {
    const to = jiffies();
    return (cpus().length * (to.busy - from.busy)) / Math.max(1, to.total - from.total);
  };
}

/**
 * Waits until less than `most` cores are busy for two consecutive seconds, at most `limit` seconds.
 * @returns {Promise<{waited: number, busy: number, quiet: boolean}>} busy: cores in the last two seconds
 */
export async function quiet(limit, most = 0.2) {
  const start = Date.now();
  for (;;) {
    const meter = busyMeter();
    await pause(2);
    const busy = meter();
    const waited = (Date.now() - start) / 1000;
    if (busy < most || waited >= limit) return { waited: round(waited), busy: round(busy, 2), quiet: busy < most };
  }
}

/** A sentence for the output about how quiet it was. */
export function quietness({ waited, busy, quiet: was }) {
  const cores = `${busy} of ${cpus().length} cores busy with other work before the start`;
  return was ? `Quiet machine (${cores}).` : `NOISY machine (${cores}, after waiting ${waited} s): measure again.`;
}

/** @returns {{cpu: string, cores: number, browser: string, kernel: string, load: number}} */
export function describeMachine() {
  const said = (program, ...args) => execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  return {
    cpu: cpus()[0].model, cores: cpus().length, kernel: said("uname", "-r"),
    browser: said("/usr/bin/chromium", "--version").replace(/^(\S+ \d+).*/, "$1"), load: round(loadavg()[0], 2),
  };
}
