// A robot on a metered network: what it may send sinks as its budget runs out, and a restart gives it nothing back.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { ip, Network } from "../lib/network.mjs";
import { Program, Robot, startServer, withAll } from "../lib/programs.mjs";

/** A file that a robot's budget may be kept in, in a folder that goes when the test ends. */
function stateFile(add) {
  const directory = mkdtempSync(join(tmpdir(), "rtcbot-budget-"));
  add({ stop: () => rmSync(directory, { recursive: true, force: true }) });
  return join(directory, "deep", "budget.json");
}

async function watching(add, file) {
  const network = add(new Network());
  const server = add(await startServer([], { address: "0.0.0.0", prefix: network.viewer.prefix }));
  const start = () => new Robot(server.port, ["--data-budget", "30MB/day", "--data-budget-file", file],
    { host: network.viewer.address, prefix: network.robot.prefix });
  const robot = add(start());
  await robot.online();
  const page = await add(await launch(network.browser())).newPage();
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 20);
  return { robot, start, page };
}

test("the rate sinks as the budget runs out, to the floor and not below, and a restart changes nothing", (t) => withAll(async (add) => {
  const file = stateFile(add);
  const { robot, start, page } = await watching(add, file);
  const first = await robot.statsWhere("what was used to be counted", ({ data }) => data.bytes_used > 100_000, 60_000);
  assert.equal(first.data.interface, "cable");
  assert.equal(first.data.interfaces.cable.bytes, first.data.bytes_used);
  assert.ok(first.data.bytes_left < 15_000_000);
  // 15 MB are there at once and are to last ten minutes, so that never more than 200 kbit/s are sent.
  const isLimited = ({ state, target_bitrate: target }) => state === "connected" && target > 0 && target <= 205_000;
  const { viewers } = await robot.statsWhere("the limit to reach the encoder", (stats) => stats.viewers.some(isLimited), 60_000);
  t.diagnostic(`limit ${first.data.limit}, target ${viewers[0].target_bitrate}`);
  await freshFrames(page, 30);
  await robot.kill();
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), left: -1000 }));
  const again = add(start());
  await again.line(/the data budget of 30MB\/day is spent/);
  const spent = await again.statsWhere("the budget to be spent", ({ data }) => data.bytes_left < 0);
  assert.equal(spent.data.limit, 150_000);
  await freshFrames(page, 20, { limit: 60_000 });
}));

test("what is left outlives a robot that is killed at once, again and again", () => withAll(async (add) => {
  const file = stateFile(add);
  const { robot, start } = await watching(add, file);
  await robot.stop();
  const left = JSON.parse(readFileSync(file, "utf8")).left;
  assert.ok(left < 15_000_000 - 10_000, `${left} bytes are left`);
  for (let round = 0; round < 3; round++) {
    const next = add(start());
    const { data } = await next.statsWhere("its figures", (stats) => stats.data !== null);
    assert.ok(data.bytes_left < 15_000_000 - 10_000);
    await next.kill();
  }
}));

test("each of two ways out is counted, there and back again", () => withAll(async (add) => {
  const network = add(new Network());
  const { robot: here, viewer: there } = network;
  ip("link", "add", "radio", "netns", here.name, "type", "veth", "peer", "radio", "netns", there.name);
  for (const [place, address] of [[here, "10.88.0.2"], [there, "10.88.0.1"]]) {
    place.ip("address", "add", `${address}/24`, "dev", "radio");
    place.ip("link", "set", "radio", "up");
  }
  const server = add(await startServer([], { address: "0.0.0.0", prefix: there.prefix }));
  const robot = add(new Robot(server.port, [], { host: there.address, prefix: here.prefix }));
  await robot.online();
  const used = async (interfaceNow, more) => {
    const { data } = await robot.statsWhere(`data by the ${interfaceNow}`, (stats) => stats.data?.interface === interfaceNow
      && more(stats.data.interfaces), 30_000);
    assert.equal(Object.values(data.interfaces).reduce((sum, { bytes }) => sum + bytes, 0), data.bytes_used);
    assert.deepEqual([data.bytes_left, data.limit], [null, null], "there is no budget");
    return data.interfaces;
  };
  await used("cable", () => true);
  here.ip("route", "add", `${there.address}/32`, "dev", "radio", "src", "10.88.0.2");
  const away = await used("radio", ({ radio }) => radio.bytes > 500);
  here.ip("route", "del", `${there.address}/32`, "dev", "radio");
  const back = await used("cable", ({ cable }) => cable.bytes > away.cable.bytes + 500);
  assert.ok(back.radio.bytes >= away.radio.bytes, "what went by the other way is still known");
}));

test("a budget that makes no sense is refused with its form", async () => {
  const robot = new Program("rtcbot-robot", ["--data-budget", "500MB/hour"]);
  assert.equal((await robot.ended).code, 2);
  assert.match(robot.log(), /500MB\/h.*'hour' is not min, h, day/);
});
