// What a robot meets: cameras with passwords, configuration files, programs that write nonsense, proxies, dead addresses, bridges.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Network } from "../lib/network.mjs";
import { offer } from "../lib/offers.mjs";
import { Program, Robot, eventually, root, startServer, withAll } from "../lib/programs.mjs";

const PYTHON = "/usr/bin/python3";

/** A folder that goes with the test. */
function folder(add) {
  const path = mkdtempSync(join(tmpdir(), "rtcbot-world-"));
  add({ stop: () => rmSync(path, { recursive: true, force: true }) });
  return path;
}

const textOf = (program) => program.lines.map(({ text }) => text).join("\n");

test("a camera's password is in no log, no line of figures and no black box", () => withAll(async (add) => {
  const camera = add(new Program(PYTHON, ["-B", `${root}src/media/test/support/rtsp_server.py`, "--user", "robot",
    "--password", "hush@hush"]));
  const port = (await camera.line(/^\d+$/)).trim();
  const box = folder(add);
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--camera", `rtsp://robot:hush%40hush@127.0.0.1:${port}/cam`, "--snapshots", "1",
    "--black-box", box, "--log-level", "debug"], { camera: null }));
  await robot.statsWhere("pictures", (stats) => stats.camera.frames_captured > 0);
  await camera.kill();
  await robot.line(/cannot be reached/);
  await robot.stop();
  const recorded = readdirSync(box, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "latin1")).join("\n");
  for (const text of [textOf(robot), recorded]) {
    assert.ok(text.includes("rtsp://robot:***@127.0.0.1"), "the address is there");
    assert.ok(!/hush/.test(text), "and not the password");
  }
}));

test("a password with a raw character is refused with the way to write it", () => withAll(async (add) => {
  const robot = add(new Program("rtcbot-robot", ["--camera", "rtsp://robot:hu@sh@192.0.2.7/cam"]));
  assert.equal((await eventually("its end", () => robot.exit)).code, 2);
  await eventually("the sentence", () => /@ as %40/.test(textOf(robot)));
  assert.ok(!/hu@sh/.test(textOf(robot)));
}));

test("configuration files are TOML: secrets with '#', lists over lines, a mark in front", () => withAll(async (add) => {
  const path = folder(add);
  writeFileSync(join(path, "server.toml"), '\ufeffrobot-token = "abc#def,[x]=\'y\'"\nport = 0\naddress = "127.0.0.1"\n');
  writeFileSync(join(path, "robot.toml"),
    'token = "abc#def,[x]=\'y\'"  # the same\ncamera = [\n  "front=test",\n  "rear=test",\n]\ndrive = "none"\n');
  const server = add(new Program("rtcbot-server", ["--config", join(path, "server.toml")]));
  const port = /listening on port (\d+)/.exec(await server.line(/listening on port/))[1];
  const robot = add(new Robot(Number(port), ["--config", join(path, "robot.toml")], { camera: null }));
  await robot.online();
}));

test("a mistake in a configuration file has its place and what was meant, at both programs", () => withAll(async (add) => {
  const path = join(folder(add), "wrong.toml");
  for (const [program, text, words] of [
    ["rtcbot-robot", 'name = "digger"\nsevrer = "ws://x/ws"\n',
      /wrong\.toml, line 2, column 1: 'sevrer' is not a flag of this program; did you mean server\?/],
    ["rtcbot-server", "port = 8080\naddres = \"127.0.0.1\"\n", /line 2, column 1: 'addres' is not a flag of this program; did you mean address\?/],
    ["rtcbot-robot", "server = ws://x/ws\n", /line 1, column 10: this is not TOML: .*in quotes/],
    ["rtcbot-server", "[limits]\nrate = 5\n", /line 1, column 2: 'limits' is a section/],
    ["rtcbot-robot", 'fps = "fast"\n', /line 1, column 1: .*--fps/],
  ]) {
    writeFileSync(path, text);
    const started = add(new Program(program, ["--config", path]));
    assert.equal((await eventually(`the end of ${program} with ${text}`, () => started.exit)).code, 2, text);
    await eventually(() => `${words} in ${textOf(started)}`, () => words.test(textOf(started)), 5000);
  }
}));

test("one NaN costs a program's telemetry that value alone, and is counted", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--drive",
    `exec:echo ready; while :; do echo '{"current": NaN, "battery": 11.5}'; sleep 0.1; done`]));
  await robot.statsWhere("mended telemetry", ({ driving }) => driving.telemetry_errors.mended > 2 && driving.telemetry_errors.not_json === 1);
  assert.equal(robot.lines.filter(({ text }) => /such as NaN/.test(text)).length, 1, "said once");
}));

/** POSTs an offer at a place, and gives the addresses in the answer's candidates. */
function addressesIn(place, url) {
  const script = "import sys,urllib.request as u;print(u.urlopen(u.Request(sys.argv[1],sys.stdin.buffer.read()),timeout=30).read().decode())";
  const [command, ...words] = [...place.prefix, PYTHON, "-c", script, url];
  const { stdout, stderr, status } = spawnSync(command, words, { input: JSON.stringify(offer("world")), encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return [...JSON.parse(stdout).sdp.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+) /gm)].map(([, address]) => address);
}

/** A network whose robot has Docker's bridge as well. */
function networkWithBridge(add) {
  const network = add(new Network());
  // A cable with a container at its end is as good as a bridge with one.
  network.robot.ip("link", "add", "docker0", "type", "veth", "peer", "name", "container");
  network.robot.ip("address", "add", "172.17.0.1/16", "dev", "docker0");
  for (const each of ["docker0", "container"]) network.robot.ip("link", "set", each, "up");
  return network;
}

async function robotThere(add, network, args = []) {
  const server = add(await startServer([], { address: "0.0.0.0", prefix: network.robot.prefix }));
  const robot = add(new Robot(server.port, args, { prefix: network.robot.prefix }));
  await robot.online();
  return `http://127.0.0.1:${server.port}/connect`;
}

test("loopback and container bridges are offered to nobody who has another way", () => withAll(async (add) => {
  const network = networkWithBridge(add);
  assert.deepEqual(addressesIn(network.robot, await robotThere(add, network)), ["10.77.0.2"]);
}));

test("loopback and container bridges are offered when asked for", () => withAll(async (add) => {
  const network = networkWithBridge(add);
  const found = addressesIn(network.robot, await robotThere(add, network, ["--all-addresses"]));
  for (const address of ["10.77.0.2", "172.17.0.1", "127.0.0.1"]) assert.ok(found.includes(address), `${address} in ${found}`);
}));

test("loopback is offered where there is nothing else", () => withAll(async (add) => {
  const network = add(new Network());
  network.robot.down();
  assert.ok(addressesIn(network.robot, await robotThere(add, network)).includes("127.0.0.1"));
}));

test("a name with a dead address costs a fraction of a second", () => withAll(async (add) => {
  const network = add(new Network());
  const names = `/etc/netns/${network.robot.name}`;
  add({ stop: () => rmSync(names, { recursive: true, force: true }) });
  mkdirSync(names, { recursive: true });
  writeFileSync(join(names, "hosts"), "fd88::1 server.test\n10.77.0.1 server.test\n");
  network.viewer.ip("address", "add", "fd88::1/64", "dev", "cable", "nodad");
  network.robot.ip("address", "add", "fd88::2/64", "dev", "cable", "nodad");
  // Packets of IPv6 get there, and no answer comes.
  const rules = "table inet dead {\nchain own {\ntype filter hook input priority 0\nip6 daddr fd88::1 tcp dport 1-65535 drop\n}\n}\n";
  const [command, ...words] = [...network.viewer.prefix, "nft", "-f", "-"];
  assert.equal(spawnSync(command, words, { input: rules }).status, 0);
  const server = add(await startServer([], { address: "10.77.0.1", prefix: network.viewer.prefix }));
  const from = Date.now();
  const robot = add(new Robot(server.port, [], { host: "server.test", prefix: network.robot.prefix }));
  await robot.online();
  assert.ok(Date.now() - from < 4000, `online after ${Date.now() - from} ms; a share of ten seconds would be five`);
}));

test("where only an HTTP proxy leads out, the robot goes through it", () => withAll(async (add) => {
  const network = add(new Network());
  network.viewer.ip("address", "add", "10.88.0.1/32", "dev", "lo");
  network.robot.ip("route", "add", "blackhole", "10.88.0.0/16");
  const server = add(await startServer([], { address: "10.88.0.1", prefix: network.viewer.prefix }));
  const proxy = add(new Program(PYTHON, ["-B", `${root}tests/e2e/support/connect_proxy.py`, "10.77.0.1", "3128", "robot:p@ss"],
    { prefix: network.viewer.prefix }));
  await proxy.line(/listening/);
  const through = (env) => add(new Robot(server.port, [], { host: "10.88.0.1", prefix: network.robot.prefix, env }));
  const robot = through({ http_proxy: "http://robot:p%40ss@10.77.0.1:3128" });
  await robot.online();
  await proxy.line(new RegExp(`^CONNECT 10\\.88\\.0\\.1:${server.port} HTTP/1\\.1`));
  await robot.stop();
  const stranger = through({ http_proxy: "http://robot:hush@10.77.0.1:3128" });
  await stranger.line(/the proxy 10\.77\.0\.1:3128 requires a user name and a password/);
  assert.ok(!/hush/.test(textOf(stranger)));
  const without = through({ http_proxy: "http://robot:p%40ss@10.77.0.1:3128", no_proxy: "10.88.0.0/16" });
  await without.line(/cannot connect to 10\.88\.0\.1/);
}));
