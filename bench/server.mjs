// Signalling: ours beside the tutorial's server and the least that Boost.Beast can do, with the same load.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, eventually, freePort, root } from "../tests/lib/programs.mjs";
import { pause } from "./lib/machine.mjs";
import { median, round, row } from "./lib/figures.mjs";

export const title = "Signalling server";

const OPEN = ["--max-pending", "0", "--robots-per-address", "0", "--rate", "1e6", "--rate-burst", "1e6", "--robot-rate", "1e9",
  "--robot-rate-burst", "1e9", "--log-level", "warning"];

const quietPort = async (program, pattern) => Number(pattern.exec(await program.line(pattern))[1]);

/** Quiet in its log, which at "info" has a line for each robot; so it is found by asking. */
async function startOurs(add, flags = [], port = 0) {
  const chosen = port || (await freePort());
  const server = add(new Program("rtcbot-server", ["--address", "127.0.0.1", "--port", String(chosen), ...OPEN, ...flags]));
  server.port = chosen;
  await eventually("the server to listen", () => accepts(chosen));
  return server;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

async function startTutorial(add) {
  const server = add(new Program("/usr/bin/python3", [`${root}bench/fleet/tutorial_server.py`]));
  server.port = await quietPort(server, /listening on port (\d+)/);
  return server;
}

async function startBare(add) {
  const server = add(new Program("bare_relay", []));
  server.port = await quietPort(server, /listening on port (\d+)/);
  return server;
}

/** One run of the load; `cpu`: seconds of the server's for 1000 exchanges. */
async function exchange(server, flags) {
  const before = server.cpuSeconds();
  const client = new Program("fleet_client", ["exchange", "--port", String(server.port), ...flags.map(String)]);
  const line = await client.line(/^\{/, 120_000);
  const exit = await client.ended;
  if (exit.code !== 0) throw new Error(client.log());
  const figures = JSON.parse(line);
  if (figures.refused + figures.failures > figures.answers / 100) throw new Error(`more than one post in a hundred failed: ${line}`);
  return { ...figures, cpu: (1e6 * (server.cpuSeconds() - before)) / Math.max(1, figures.answers) };
}

/** Best of its rates, asked by as many pages as suit it. */
async function bestRate(server, flags, seconds) {
  let best = { rate: 0 };
  for (const posters of [1, 4, 16]) {
    const figures = await exchange(server, [...flags, "--posters", posters, "--seconds", seconds]);
    if (figures.rate > best.rate) best = { ...figures, posters };
  }
  return best;
}

async function latencies(add, seconds) {
  const tutorial = await startTutorial(add);
  const ours = await startOurs(add);
  const fresh = ["--bare", "--new-connection"];
  const theirBest = await bestRate(tutorial, ["--bare"], seconds);
  const at = async (server, flags, rate) => exchange(server, [...flags, "--rate", rate, "--posters", 16, "--seconds", 2 * seconds]);
  const rate = Math.floor(theirBest.rate);
  const figures = { rate, theirBest, theirs: await at(tutorial, ["--bare"], rate), ours: await at(ours, ["--bare"], rate),
    oursV1: await at(ours, [], rate) };
  figures.connects = { ours: await bestRate(ours, fresh, seconds), theirs: await bestRate(tutorial, fresh, seconds) };
  await tutorial.stop();
  await ours.stop();
  return figures;
}

/** Alternating, as the machine's other load moves. */
async function againstBare(add, rounds, seconds) {
  const bare = await startBare(add);
  const ours = await startOurs(add);
  const runs = { bare: [], ours: [] };
  for (let i = 0; i < rounds; i++) {
    runs.bare.push(await exchange(bare, ["--bare", "--posters", 16, "--seconds", seconds]));
    runs.ours.push(await exchange(ours, ["--posters", 16, "--seconds", seconds]));
  }
  await bare.stop();
  await ours.stop();
  const of = (which, key) => median(runs[which].map((run) => run[key]));
  return { bare: { rate: of("bare", "rate"), cpu: of("bare", "cpu") }, ours: { rate: of("ours", "rate"), cpu: of("ours", "cpu") } };
}

function certificate(add) {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-bench-"));
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
    "-days", "2", "-subj", "/CN=localhost"], { stdio: "ignore" });
  return ["--tls-cert", cert, "--tls-key", key];
}

const lastOf = (client) => JSON.parse(client.lines.findLast(({ text }) => text.endsWith("}"))?.text ?? "{}");

function hold(add, port, count, flags, from = 0) {
  return add(new Program("fleet_client", ["hold", "--port", String(port), "--count", String(count), "--from", String(from), ...flags]));
}

/** Memory that the kernel has for sockets and its own lists, KiB. */
function kernelMemory() {
  const slab = Number(/^Slab:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))[1]);
  return slab;
}

async function idle(add, count, tls) {
  const server = await startOurs(add, tls);
  const kernel = kernelMemory();
  const before = server.figures().rss;
  const fleet = hold(add, server.port, count, tls.length > 0 ? ["--tls"] : []);
  await eventually(`${count} robots to be online`, () => lastOf(fleet).welcomed >= count, 300_000);
  await pause(8); // one round of pings
  const figures = { count, each: (server.figures().rss - before) / count, kernelBoth: (kernelMemory() - kernel) / count };
  const dialled = lastOf(fleet);
  const cpu = server.cpuSeconds();
  const { port } = server;
  const began = performance.now();
  await server.kill();
  const again = await startOurs(add, tls, port);
  await eventually("all of them to be back", () => lastOf(fleet).online >= count && lastOf(fleet).lost >= count, 300_000);
  figures.back = { seconds: (performance.now() - began) / 1000, cpu: again.cpuSeconds(), refused: lastOf(fleet).refused - dialled.refused };
  figures.firstCpu = cpu;
  fleet.signal("SIGKILL");
  await fleet.ended;
  await again.stop();
  return figures;
}

async function several(add, processes, count) {
  const servers = [];
  const fleets = [];
  for (let i = 0; i < processes; i++) {
    servers.push(await startOurs(add));
    fleets.push(hold(add, servers[i].port, count, []));
  }
  const online = () => fleets.reduce((sum, fleet) => sum + (lastOf(fleet).welcomed ?? 0), 0);
  await eventually("all of them to be online", () => online() >= processes * count, 300_000);
  const held = online();
  await Promise.all(fleets.map((fleet) => (fleet.signal("SIGKILL"), fleet.ended)));
  await Promise.all(servers.map((server) => server.stop()));
  return { processes, held };
}

export async function run({ add, quick }) {
  const figures = { latencies: await latencies(add, quick ? 2 : 6) };
  figures.bare = await againstBare(add, quick ? 3 : 9, quick ? 2 : 4);
  const count = quick ? 3000 : 19_000;
  figures.plain = await idle(add, count, []);
  figures.tls = await idle(add, count, certificate(add));
  if (!quick) figures.several = await several(add, 3, 17_000);
  return { figures, rows: rowsOf(figures), notes: [
    "The load runs on the same two cores. A post is timed from when it was due, so a server that stalls does not look better for it.",
    "The bare relay passes bytes on, without names, ids, limits, deadlines or parsing."] };
}

const ms = ({ p50, p99, p999 }) => `${round(p50, 2)} / ${round(p99, 2)} / ${round(p999, 2)} ms`;

function rowsOf({ latencies: l, bare, plain, tls, several: many }) {
  const share = bare.ours.rate / bare.bare.rate;
  const rows = [
    row("tutorial's best rate", `${round(l.theirBest.rate)}/s with ${l.theirBest.posters} pages`),
    row("POST to answer at that rate, p50 / p99 / p99.9", ms(l.ours),
      { target: "p99 a tenth of theirs", reached: l.ours.p99 <= l.theirs.p99 / 10, beside: `tutorial ${ms(l.theirs)}` }),
    row("the same with rtcbot.v1", ms(l.oursV1), { target: "", reached: undefined, beside: "" }),
    row("connects per second, a TCP connection each", `${round(l.connects.ours.rate)}/s, ${ms(l.connects.ours)}`,
      { beside: `tutorial ${round(l.connects.theirs.rate)}/s, ${ms(l.connects.theirs)}` }),
    row("exchanges per second, 16 pages", `${round(bare.ours.rate)}/s, ${round(bare.ours.cpu)} us of CPU each`,
      { target: "90 % of bare Beast", reached: share >= 0.9,
        beside: `bare ${round(bare.bare.rate)}/s, ${round(bare.bare.cpu)} us; ${round(100 * share)} %, ` +
          `by CPU ${round((100 * bare.bare.cpu) / bare.ours.cpu)} %` }),
    row(`memory per idle robot, plain, ${plain.count}`, `${round(plain.each, 1)} KiB`, { target: "12 KiB", reached: plain.each <= 12,
      beside: `kernel, both ends: ${round(plain.kernelBoth, 1)} KiB` }),
    row(`memory per idle robot, TLS, ${tls.count}`, `${round(tls.each, 1)} KiB`, { target: "30 KiB", reached: tls.each <= 30,
      beside: `kernel, both ends: ${round(tls.kernelBoth, 1)} KiB` }),
    row(`all back after kill -9, plain`, `${round(plain.back.seconds, 1)} s, ${plain.back.refused} refused`),
    row(`all back after kill -9, TLS`, `${round(tls.back.seconds, 1)} s, ${round(tls.back.cpu, 1)} s of CPU, ${tls.back.refused} refused`,
      { target: "30 s", reached: tls.back.seconds <= 30 }),
    row("the server's CPU for that, per 19000 robots", `${round((19_000 * tls.back.cpu) / tls.count, 1)} s`,
      { target: "30 s of one core", reached: (19_000 * tls.back.cpu) / tls.count <= 30 }),
  ];
  if (many) {
    rows.push(row("robots at once over several processes", `${many.held} over ${many.processes}`,
      { target: "50000", reached: many.held >= 50_000 }));
  }
  return rows;
}
