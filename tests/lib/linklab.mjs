// Two network namespaces, which are two machines for the kernel, with a radio link between them: `bench/linklab`. Needs root.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Place, networkName, sweep } from "./network.mjs";
import { PATIENCE, Program } from "./programs.mjs";

/** Words of the command line from `{ delayMs: 20, outages: ["5+1"] }`; omits undefined values. */
function flagsOf({ up, down, delayMs, queueBytes, loss, reorder, outages = [], seed, mtu, startOnTraffic, waitForStart }) {
  const pairs = { up, down, "delay-ms": delayMs, "queue-bytes": queueBytes, loss, reorder, seed, mtu,
    "start-on-traffic": startOnTraffic };
  const flags = Object.entries(pairs).filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [...flags, ...outages.flatMap((outage) => ["--outage", outage]), ...(waitForStart ? ["--wait-for-start"] : [])];
}

/** The link: `a` is the robot's side, `up` is from a to b. `stop()`, or the end of this process, removes everything. */
export class LinkLab {
  /**
   * @param {object} options as in `linklab --help`, in camel case: up, down ("5M", "trace:city", "steps:0=5M,20=1M"), delayMs, queueBytes, loss,
   *   reorder, outages (a list), seed, mtu, startOnTraffic, waitForStart; `flags`: further words of its command line
   */
  static async start(options = {}) {
    const lab = new LinkLab(options);
    try {
      lab.ready = await lab.#answer();
      return lab;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** @private */
  constructor(options) {
    sweep();
    const number = networkName();
    this.directory = mkdtempSync(join(tmpdir(), "rtcbot-linklab-"));
    this.names = [`${number}-a`, `${number}-b`];
    process.on("exit", (this.atExit = () => this.remove()));
    /** The machines. A command with `prefix` in front runs there. */
    this.a = new Place(this.names[0], "10.77.0.1");
    this.b = new Place(this.names[1], "10.77.0.2");
    this.logPath = join(this.directory, "log.csv");
    this.program = new Program("linklab", ["--a-netns", this.a.name, "--b-netns", this.b.name, "--log", this.logPath,
      ...flagsOf(options), ...(options.flags ?? [])]);
    this.answers = [];
    this.waiting = [];
    createInterface({ input: this.program.child.stdout }).on("line", (line) => {
      const take = this.waiting.shift();
      if (take) take.resolve(JSON.parse(line));
      else this.answers.push(JSON.parse(line));
    });
    this.program.ended.then(() => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`linklab has ended:\n${this.program.log()}`));
    });
    this.turn = Promise.resolve();
  }

  #answer() {
    if (this.answers.length > 0) return Promise.resolve(this.answers.shift());
    if (this.program.exit) return Promise.reject(new Error(`linklab has ended:\n${this.program.log()}`));
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`linklab did not answer within ${PATIENCE} ms`)), PATIENCE);
      const done = (settle) => (value) => (clearTimeout(late), settle(value));
      this.waiting.push({ resolve: done(resolve), reject: done(reject) });
    });
  }

  /** Sends a command ("outage up 2", "rate both 1M", "rebind", "address a 10.77.0.9/24", "start") and returns the answer; throws if it is refused. */
  command(line) {
    const answered = this.turn.then(async () => {
      this.program.child.stdin.write(`${line}\n`);
      const answer = await this.#answer();
      if (!answer.ok) throw new Error(`linklab: ${line}: ${answer.error}`);
      return answer;
    });
    this.turn = answered.catch(() => {});
    return answered;
  }

  /** All statistics since the start, by direction: in, out, lost, dropped, capacity_bytes, queued_us, … */
  stats() {
    return this.command("stats");
  }

  /**
   * The events of packets and link, oldest first. `at`: ms since the newest start (before it: negative), for "o" the arrival.
   * @returns {Promise<{at: number, direction: string, event: string, size: number, queuedMs: number}[]>}
   */
  async log() {
    if (!this.program.exit) await this.stats(); // this makes it write its log
    const lines = readFileSync(this.logPath, "utf8").trimEnd().split("\n").slice(1).map((line) => line.split(","));
    const start = Number(lines.findLast(([, , event]) => event === "start")?.[0] ?? 0);
    return lines.map(([at, direction, event, size, queued]) => ({ at: (Number(at) - start) / 1000, direction, event,
      size: Number(size), queuedMs: Number(queued) / 1000 })).sort((one, other) => one.at - other.at);
  }

  remove() {
    for (const name of this.names) spawnSync("ip", ["netns", "del", name]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends the program and removes the machines. */
  async stop() {
    await this.program.stop();
    this.remove();
    process.off("exit", this.atExit);
  }

  close() {
    return this.stop();
  }
}
