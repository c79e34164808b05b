// Starts the real programs and waits for their output. Every wait has a deadline. Never finds a program by name or port, only by
// the process that was started here.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const bin = process.env.RTCBOT_BIN ?? `${root}build/check/bin`;

/** How long a test waits for an expected event, ms: far longer than necessary, because machines are shared. */
export const PATIENCE = 60_000;

/**
 * Resolves with the first truthy result of `probe`; rejects with `what` after `limit` ms. Polls often.
 * @param {string | (() => string)} what a function is called when the wait ends, to describe the last state
 */
export async function eventually(what, probe, limit = PATIENCE) {
  const deadline = Date.now() + limit;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`within ${limit} ms: ${typeof what === "function" ? what() : what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function figuresOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const number = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)[1]);
  return { threads: number("Threads"), descriptors: readdirSync(`/proc/${pid}/fd`).length, rss: number("VmRSS") };
}

function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * A running program, its lines with their arrival time (ms of the epoch), and its end.
 * `prefix`: a command and its words that become the program, for example `ip netns exec NAME`.
 */
export class Program {
  constructor(name, args, { env = {}, prefix = [] } = {}) {
    this.name = name;
    this.lines = [];
    this.exit = null;
    const [command, ...words] = [...prefix, name.includes("/") ? name : `${bin}/${name}`, ...args];
    // One robot's estimates must not influence another's start.
    this.child = spawn(command, words, { env: { RTCBOT_RATE_FILE: "none", RTCBOT_STOP_FILE: "none", ...process.env, ...env }, stdio: "pipe" });
    this.child.stdin.on("error", () => {});
    this.#collect(this.child.stdout, "out");
    this.#collect(this.child.stderr, "err");
    this.ended = new Promise((resolve) => {
      this.child.on("error", (error) => resolve((this.exit = { code: null, signal: null, error })));
      this.child.on("exit", (code, signal) => resolve((this.exit = { code, signal })));
    });
  }

  #collect(stream, from) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop();
      for (const text of parts) this.lines.push({ from, text, at: Date.now() });
      if (this.lines.length > 20_000) this.lines.splice(0, 10_000);
    });
  }

  get pid() {
    return this.child.pid;
  }

  /** The first line that matches, past or future. */
  async line(pattern, limit = PATIENCE) {
    const found = await eventually(`${this.name} to say ${pattern}`, () => {
      const line = this.lines.find(({ text }) => pattern.test(text));
      if (line) return line;
      if (this.exit) throw new Error(`${this.name} has ended (${JSON.stringify(this.exit)}):\n${this.log()}`);
      return null;
    }, limit);
    return found.text;
  }

  log() {
    return this.lines.slice(-40).map(({ text }) => `  ${text}`).join("\n");
  }

  /** Writes one JSON line to its standard input. */
  say(message) {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  signal(name) {
    if (!this.exit) this.child.kill(name);
  }

  /** Its exit, which must come without a request. */
  exits(limit = PATIENCE) {
    return eventually(() => `${this.name} to exit; it said:\n${this.log()}\n`, () => this.exit, limit);
  }

  /** Asks it to end, waits, and returns the exit. Kills it after `limit`. */
  async stop(limit = 15_000) {
    this.signal("SIGTERM");
    const late = setTimeout(() => this.signal("SIGKILL"), limit);
    const exit = await this.ended;
    clearTimeout(late);
    return exit;
  }

  async kill() {
    this.signal("SIGKILL");
    return this.ended;
  }

  /** The processes of this program. */
  processes() {
    return [this.pid];
  }

  /** Threads, open descriptors and resident kilobytes of all its processes, from /proc. */
  figures() {
    return this.processes().map(figuresOf).reduce((sum, each) => ({
      threads: sum.threads + each.threads, descriptors: sum.descriptors + each.descriptors, rss: sum.rss + each.rss,
    }));
  }

  /** CPU time that its present processes have used, in seconds. */
  cpuSeconds() {
    return this.processes().map(cpuSecondsOf).reduce((sum, each) => sum + each);
  }
}

/** A robot that prints its statistics and its viewers' messages. `camera` null: as in its other options. */
export class Robot extends Program {
  constructor(serverPort, args = [], { path = "/ws", host = "127.0.0.1", env, prefix, statsEvery = 0.2,
    camera = "test", program = "rtcbot-robot" } = {}) {
    super(program, ["--server", `ws://${host}:${serverPort}${path}`, ...(camera ? ["--camera", camera] : []), "--messages",
      "--stats-every", String(statsEvery), ...args], { env, prefix });
  }

  /** The newest statistics; null before the first. */
  stats() {
    for (let i = this.lines.length - 1; i >= 0; i--) {
      if (this.lines[i].text.startsWith('{"stats":')) return JSON.parse(this.lines[i].text).stats;
    }
    return null;
  }

  /** The first later statistics that satisfy `test`. */
  statsWhere(what, test, limit) {
    const from = this.lines.length;
    return eventually(() => `${what}; last: ${JSON.stringify(this.stats())}`, () => {
      for (const { text } of this.lines.slice(Math.min(from, this.lines.length))) {
        if (!text.startsWith('{"stats":')) continue;
        const { stats } = JSON.parse(text);
        if (test(stats)) return stats;
      }
      if (this.exit) throw new Error(`the robot has ended (${JSON.stringify(this.exit)}):\n${this.log()}`);
      return null;
    }, limit);
  }

  /** The processes of its WebRTC engine: one, and up to three more for a while after one has ended. */
  engines() {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).filter((pid) => {
      try {
        const [name, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
        return name.endsWith("(rtcbot-engine") && fields.split(" ")[0] !== "Z" && Number(fields.split(" ")[1]) === this.pid;
      } catch {
        return false; // It has just ended.
      }
    }).map(Number);
  }

  processes() {
    return [this.pid, ...this.engines()];
  }

  /** SIGSTOP and SIGCONT go to the whole robot, as if its board stopped; other signals only to its main process. */
  signal(name) {
    if (!this.exit && ["SIGSTOP", "SIGCONT"].includes(name)) {
      for (const pid of this.engines()) process.kill(pid, name);
    }
    super.signal(name);
  }

  online(limit) {
    return this.statsWhere("the robot to be online", (stats) => stats.online, limit);
  }

  /** The viewers' messages, oldest first. */
  messages() {
    return this.lines.filter(({ text }) => text.startsWith('{"message":')).map(({ text }) => JSON.parse(text).message);
  }
}

/** A server on its own port. */
export async function startServer(args = [], { address = "127.0.0.1", port = 0, rate = 1000, burst = 1000, env, prefix } = {}) {
  const server = new Program("rtcbot-server", ["--address", address, "--port", String(port), "--rate", String(rate),
    "--rate-burst", String(burst), ...args], { env, prefix });
  server.port = Number(/listening on port (\d+)/.exec(await server.line(/listening on port/))[1]);
  server.url = `http://127.0.0.1:${server.port}`;
  return server;
}

/** Runs `body` with a list of programs and browsers, and ends them afterwards, last first, in any case. */
export async function withAll(body) {
  const started = [];
  const add = (thing) => (started.push(thing), thing);
  try {
    return await body(add);
  } finally {
    for (const thing of started.reverse()) await (thing.stop ?? thing.close).call(thing);
  }
}
