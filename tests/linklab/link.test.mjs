// The emulated link between real sockets: whether the clock, the devices and the commands keep what the model promises.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkLab } from "../lib/linklab.mjs";
import { Program, eventually, withAll } from "../lib/programs.mjs";

const UDP = fileURLToPath(new URL("support/udp.mjs", import.meta.url));
const PORT = 6000;

/** One end of a UDP conversation at that place; `report()` is what it has seen. */
class Udp extends Program {
  constructor(place, ...words) {
    super(process.execPath, [UDP, ...words.map(String)], { prefix: place.prefix });
    this.reports = 0;
  }

  async report() {
    const known = this.lines.filter(({ text }) => text.includes('"packets"')).length;
    this.child.stdin.write("report\n");
    const lines = await eventually("a report", () => {
      const found = this.lines.filter(({ text }) => text.includes('"packets"'));
      return found.length > known ? found : null;
    });
    return JSON.parse(lines.at(-1).text);
  }
}

async function receiver(add, lab) {
  const program = add(new Udp(lab.b, "receive", PORT));
  await program.line(/ready/);
  return program;
}

const send = (add, lab, size, perSecond, count) => add(new Udp(lab.a, "send", "10.77.0.2", PORT, size, perSecond, count));

/** Of an arrival, ms since the start: when the packet left the queue, to the microsecond. */
const departure = ({ at }, delayMs) => Math.round((at - delayMs) * 1000) / 1000;

/** When packets left the queue of that direction, ms since the start. */
const departures = (log, delayMs, direction = "u") => log.filter((e) => e.direction === direction && e.event === "o")
  .map((e) => ({ at: departure(e, delayMs), size: e.size, queuedMs: e.queuedMs }));

/** The figures once nothing is on its way up any more. */
const allOut = (lab) => eventually("the last to arrive", async () => {
  const stats = await lab.stats();
  const { up } = stats;
  return up.in.packets > 0 && up.in.packets === up.out.packets + up.dropped.packets + up.lost.packets ? stats : null;
});

/** The median round trip, ms. */
function ping(lab, count) {
  const [command, ...words] = [...lab.a.prefix, "ping", "-c", String(count), "-i", "0.02", "10.77.0.2"];
  const { stdout } = spawnSync(command, words, { encoding: "utf8" });
  const times = [...stdout.matchAll(/time=([\d.]+)/g)].map(([, ms]) => Number(ms)).sort((x, y) => x - y);
  assert.ok(times.length > count / 2, stdout);
  return { median: times[Math.floor(times.length / 2)], tenth: times[Math.floor(times.length / 10)] };
}

test("a ping takes twice the delay", () => withAll(async (add) => {
  for (const delayMs of [5, 20, 50]) {
    const lab = add(await LinkLab.start({ up: "100M", down: "100M", delayMs }));
    const { median, tenth } = ping(lab, 100);
    console.log(`  nominal ${2 * delayMs} ms: ${median} ms at the median, ${tenth} at the tenth percentile; real time: ${lab.ready.real_time}`);
    // A machine that does other work only adds.
    assert.ok(median >= 2 * delayMs && tenth < 2 * delayMs + 2, `${median} ms, ${tenth} ms`);
    await lab.stop();
  }
}));

test("a flood gets the rate of the link, and no more waits than the queue holds", () => withAll(async (add) => {
  const queueBytes = 100_000;
  const lab = add(await LinkLab.start({ up: "5M", down: "50M", delayMs: 20, queueBytes }));
  const far = await receiver(add, lab);
  await send(add, lab, 1200, 1000, 3000).line(/sent/);
  const { up } = await allOut(lab);
  const { packets, bytes, firstUs, lastUs } = await far.report();
  const received = ((bytes - bytes / packets) * 8) / (lastUs - firstUs);
  const log = await lab.log();
  // What stood in line left right behind the one before it, whether or not the sender was kept from the processor meanwhile.
  const first = log.find(({ event }) => event === "q").at; // the queue is full from here
  const last = log.findLast(({ event, direction }) => event === "i" && direction === "u").at;
  const left = departures(log, 20).filter(({ at }) => at > first && at < last);
  const inLine = left.map((packet, i) => ({ ...packet, took: packet.at - left[i - 1]?.at })).slice(1).filter(({ queuedMs }) => queuedMs > 0);
  const sum = (of) => inLine.reduce((total, packet) => total + of(packet), 0);
  const served = (sum(({ size }) => size) * 8) / sum(({ took }) => took) / 1000;
  console.log(`  5 Mbit/s: ${received.toFixed(3)} at the socket, ${served.toFixed(4)} in the log; late p95 ${up.late_us.p95} us`);
  // A starved receiver's socket may overflow; its kernel's device cannot.
  assert.equal(JSON.parse(lab.b.ip("-s", "-j", "link", "show", "dev", "cable"))[0].stats64.rx.bytes, up.out.bytes);
  assert.ok(Math.abs(served - 5) < 0.005, `${served} Mbit/s in the log`);
  assert.ok(up.dropped.packets > 100);
  assert.ok(up.queued_us.max <= 160_001 && up.queued_us.max > 155_000, `waited ${up.queued_us.max} us`);
}));

test("no more is queued than the bound, packet by packet", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "1M", delayMs: 10, queueBytes: 20_000 }));
  await receiver(add, lab);
  await send(add, lab, 900, 500, 500).line(/sent/);
  await allOut(lab);
  const events = (await lab.log()).filter(({ direction }) => direction === "u")
    .map((e) => (e.event === "o" ? { ...e, at: departure(e, 10) } : e)).sort((x, y) => x.at - y.at || (x.event === "o" ? -1 : 1));
  let queued = 0;
  let most = 0;
  for (const { event, size } of events) {
    if (event === "i") queued += size;
    if (event === "o") queued -= size;
    if (event === "q") assert.ok(queued + size > 20_000, `dropped at ${queued} bytes`);
    most = Math.max(most, queued);
  }
  assert.equal(queued, 0);
  assert.ok(most <= 20_000 && most > 19_000, `${most} bytes`);
}));

test("a seed loses the same packets again, and another others", () => withAll(async (add) => {
  const lost = async (seed) => {
    const lab = add(await LinkLab.start({ up: "20M", down: "20M", delayMs: 1, loss: "p=0.03,r=0.3", seed, startOnTraffic: 200 }));
    const far = await receiver(add, lab);
    await send(add, lab, 300, 1000, 600).line(/sent/);
    await allOut(lab);
    const { numbers } = await far.report();
    const offered = (await lab.log()).filter(({ direction, event, size }) => direction === "u" && "il".includes(event) && size === 328);
    assert.equal(offered.length, 600);
    const dropped = [...offered.keys()].filter((i) => offered[i].event === "l");
    assert.ok(numbers.length > 100 && !numbers.some((number) => dropped.includes(number)), "what is lost does not arrive");
    await lab.stop();
    return dropped;
  };
  const first = await lost(7);
  assert.ok(first.length > 10 && first.length < 150, `${first.length} of 600`);
  assert.deepEqual(await lost(7), first);
  assert.notDeepEqual(await lost(8), first);
}));

test("in an outage nothing passes, and after it what waited", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "10M", down: "10M", delayMs: 5 }));
  await receiver(add, lab);
  const sender = send(add, lab, 200, 200, 400);
  await eventually("traffic", async () => (await lab.stats()).up.out.packets > 10);
  const { t_us } = await lab.command("outage up 0.5");
  await sender.line(/sent/);
  await eventually("the end of the outage", async () => (await lab.stats()).up.out.packets === 400);
  const log = await lab.log();
  const from = log.find(({ event }) => event === "outage").at;
  assert.ok(Math.abs(from - t_us / 1000) < 50);
  const left = departures(log, 5).map(({ at }) => at);
  assert.deepEqual(left.filter((at) => at > from && at <= from + 500), []);
  const waited = log.filter(({ event, direction, at }) => event === "i" && direction === "u" && at > from && at < from + 500).length;
  const within = waited * (((200 + 28) * 8) / 10_000) + 5; // ms at 10 Mbit/s
  assert.ok(waited > 0 && left.filter((at) => at > from + 500 && at < from + 500 + within).length >= waited, `${waited} waited and leave at once`);
}));

test("what is planned counts from the first packet of a size", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "steps:0=10M,0.3=1M", delayMs: 5, outages: ["0.5+0.3"], startOnTraffic: 500 }));
  await receiver(add, lab);
  ping(lab, 10);
  assert.equal((await lab.stats()).waiting, true);
  await send(add, lab, 1000, 1000, 1000).line(/sent/);
  const { waiting, up } = await eventually("the rest", async () => {
    const stats = await lab.stats();
    return stats.up.queued_bytes === 0 ? stats : null;
  });
  assert.equal(waiting, false);
  assert.ok(up.in.packets >= 1000 && up.in.packets < 1010, "the figures begin there, too");
  const left = departures(await lab.log(), 5).filter(({ at }) => at > 0);
  const between = (from, to) => left.filter(({ at }) => at > from && at <= to).reduce((sum, { size }) => sum + size, 0);
  assert.equal(between(500, 800), 0);
  assert.ok(between(0, 300) > 200_000, "8 Mbit/s were offered, 10 there");
  assert.ok(Math.abs(between(310, 500) * 8 - 190_000) < 17_000, `${between(310, 500)} bytes at 1 Mbit/s`);
}));

test("rates change on command, and what could have passed is counted", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "trace:city", delayMs: 5 }));
  await lab.command("rate up 2M");
  const before = await lab.stats();
  await eventually("a second", async () => (await lab.stats()).t_us > before.t_us + 1e6);
  const after = await lab.stats();
  const could = ((after.up.capacity_bytes - before.up.capacity_bytes) * 8) / (after.t_us - before.t_us);
  assert.ok(Math.abs(could - 2) < 0.01, `${could} Mbit/s`);
  await assert.rejects(lab.command("rate up quick"), /rate/);
  await assert.rejects(lab.command("fly"), /commands are/);
}));

test("after a rebinding the traffic comes from another port, goes on, and the old port is deaf", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "10M", down: "10M", delayMs: 5 }));
  const far = await receiver(add, lab);
  const sender = send(add, lab, 200, 200, 100_000);
  const echoed = async (more) => {
    const { packets } = await sender.report();
    return eventually("echoes", async () => (await sender.report()).packets > packets + more);
  };
  await echoed(20);
  assert.equal((await far.report()).sources.length, 1);
  await lab.command("rebind");
  await eventually("another source", async () => (await far.report()).sources.length === 2);
  await echoed(50);
  const { sources } = await far.report();
  assert.deepEqual(sources.map((source) => source.split(":")[0]), ["10.77.0.1", "10.77.0.1"]);
  assert.deepEqual((await sender.report()).sources, [`10.77.0.2:${PORT}`]);
  const { refused_by_nat: before } = await lab.stats();
  far.child.stdin.write("poke\n");
  await far.line(/poked/);
  await eventually("the poke to find nobody", async () => (await lab.stats()).refused_by_nat === before + 1);
  await lab.command("rebind 10.77.0.77");
  await eventually("a third source", async () => (await far.report()).sources.some((source) => source.startsWith("10.77.0.77:")));
  await echoed(50);
}));

test("another address on command: traffic goes on from there", () => withAll(async (add) => {
  const lab = add(await LinkLab.start({ up: "10M", down: "10M", delayMs: 5 }));
  const far = await receiver(add, lab);
  const sender = send(add, lab, 200, 200, 100_000);
  await eventually("traffic", async () => (await sender.report()).packets > 20);
  await lab.command("address a 10.77.0.9/24");
  await eventually("the new source", async () => (await far.report()).sources.some((source) => source.startsWith("10.77.0.9:")));
  const { packets } = await sender.report();
  await eventually("echoes to there", async () => (await sender.report()).packets > packets + 50);
  assert.match(lab.a.ip("route"), /^default dev cable/m);
  await assert.rejects(lab.command("address a 10.77.0.9/99"), /refused/);
}));
