import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeClock, settle } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { readPage } from "../test-support/page_control.js";
import { DriveChannels } from "./drive_channel.js";
import { Driving } from "./driving.js";

const LIMITS = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 };
const STATE = { driver: null, asking: null, people: [], stop: null, limit: 1, cameras: [], camera: "" };
const STATUS = { r: 1, n: 0, age: null, moving: false, why: "no_driver", speed: 1, axes: [0, 0], buttons: 0, mode: "", stop: false, driver: null,
  late: 0, stale: 0 };
/** @type {FakeClock} */
let clock;
/** @type {Driving} */
let driving;
/** @type {Line} */
let line;
let stick = { axes: [0, 0], buttons: 0, mode: "" };

/** A connection with a robot that sends what a test demands. */
class Line {
  constructor() {
    const peer = new FakePeer();
    this.channels = new DriveChannels(/** @type {any} */ (peer));
    [this.drive, this.control] = peer.channels;
    for (const channel of peer.channels) channel.open();
    this.clock = 5000;
  }

  control_(type, fields = {}) {
    this.control.onmessage?.({ data: JSON.stringify({ v: 1, type, ...fields }) });
  }

  status(fields = {}) {
    this.clock += 50;
    this.drive.onmessage?.({ data: JSON.stringify({ v: 1, type: "status", ...STATUS, r: this.clock, ...fields }) });
  }

  welcome(fields = {}) {
    this.control_("welcome", { viewer: 3, may_drive: true, limits: LIMITS, modes: [], ...fields });
    this.control_("state", STATE);
  }

  /** What the page has sent since the last call; all messages must be valid for a robot. */
  heard(name = "drive") {
    const texts = this[name].sent.splice(0);
    return texts.map((text) => readPage(name, text) ?? assert.fail(`a robot refuses ${text}`));
  }
}

beforeEach(() => {
  clock = new FakeClock();
  stick = { axes: [0.5, 1], buttons: 1, mode: "slow" };
  driving = new Driving(/** @type {any} */ (clock), { name: "Ann", controls: { read: () => stick } });
  line = new Line();
  driving.attach(line.channels, () => 80);
});

function becomeDriver() {
  line.welcome();
  line.status();
  line.control_("state", { ...STATE, driver: 3 });
}

test("nothing is said before the welcome, then hello, once", async () => {
  driving.take().catch(() => {});
  driving.stop();
  await clock.advance(1000);
  assert.deepEqual([line.heard("drive"), line.heard("control")], [[], []]);
  line.welcome();
  const said = line.heard("control");
  assert.deepEqual([said[0].type, said[0].name], ["hello", "Ann"]);
  line.welcome();
  assert.deepEqual(line.heard("control").filter((each) => each.type === "hello"), []);
});

test("the robot's first words are kept until somebody listens", () => {
  const late = new Line();
  late.welcome();
  driving.attach(late.channels, () => null);
  assert.equal(driving.viewer, 3);
  assert.equal(late.heard("control")[0].type, "hello");
});

test("fifty commands a second from the driver alone, each newer than the one before, with the robot's clock in them", async () => {
  line.welcome();
  line.status();
  await clock.advance(500);
  assert.deepEqual(line.heard(), [], "who watches says nothing");
  line.status();
  const { clock: r } = line;
  await clock.advance(35);
  line.control_("state", { ...STATE, driver: 3 });
  await clock.advance(999);
  const commands = line.heard();
  assert.equal(commands.length, 50);
  assert.ok(commands.every((each, i) => i === 0 || each.n > commands[i - 1].n));
  const [first] = commands;
  assert.deepEqual([first.r, first.h, first.p, first.axes, first.buttons, first.mode], [r, 35, 80, [0.5, 1], 1, "slow"]);
  assert.deepEqual([commands[10].t - first.t, commands[10].h - first.h], [200, 200]);
});

test("a clock that stood still, as that of a machine that slept, leaves no gap when it goes on", async () => {
  let slept = 0;
  const env = { ...clock, now: () => clock.time - slept };
  driving = new Driving(/** @type {any} */ (env), { controls: { read: () => stick } });
  driving.attach(line.channels, () => null);
  becomeDriver();
  for (let i = 0; i < 100; i++) {
    await clock.advance(20);
    slept += 20;
  }
  line.heard();
  await clock.advance(60);
  assert.ok(line.heard().length >= 2);
});

test("without the robot's clock there are no commands", async () => {
  line.welcome();
  line.control_("state", { ...STATE, driver: 3 });
  await clock.advance(100);
  assert.deepEqual(line.heard(), []);
  line.status({ driver: 3 });
  await clock.advance(20);
  assert.ok(line.heard().length > 0);
});

test("a full channel is not filled further: the newest is what counts", async () => {
  becomeDriver();
  await clock.advance(100);
  line.heard();
  /** @type {any} */ (line.drive).bufferedAmount = 100;
  await clock.advance(200);
  assert.deepEqual(line.heard(), []);
  assert.ok(driving.counters.skipped >= 9, `${driving.counters.skipped}`);
  stick = { ...stick, axes: [0, 0] };
  /** @type {any} */ (line.drive).bufferedAmount = 0;
  await clock.advance(20);
  assert.deepEqual(line.heard()[0].axes, [0, 0]);
});

test("a stop is repeated 20 times a second, by anybody, until the robot says that it is latched", async () => {
  line.welcome({ may_drive: false });
  line.heard("control");
  let stopped = false;
  driving.stop().then(() => (stopped = true));
  await clock.advance(990);
  const stops = line.heard().filter((each) => each.type === "stop");
  assert.ok(stops.length >= 19 && stops.length <= 21, `${stops.length}`);
  assert.ok(stops.every((each, i) => i === 0 || each.n > stops[i - 1].n));
  assert.deepEqual(line.heard("control").map((each) => each.what), ["stop"], "and asked for once, surely");
  assert.deepEqual([stopped, driving.isStopping], [false, true]);
  line.status({ stop: true, why: "emergency_stop" });
  await clock.advance(200);
  assert.deepEqual(line.heard(), []);
  assert.deepEqual([stopped, driving.isStopping, driving.facts.stop], [true, false, { by: undefined }]);
});

test("an older status does not end a stop", async () => {
  line.welcome();
  line.status();
  driving.stop();
  line.status({ stop: true, r: 1 });
  assert.equal(driving.isStopping, true);
});

test("who stops sends neutral controls at once", async () => {
  becomeDriver();
  line.heard();
  driving.stop();
  await clock.advance(40);
  const command = line.heard().findLast((each) => each.type === "command");
  assert.deepEqual([command.axes, command.buttons], [[0, 0], 0]);
});

test("a stop that no robot has heard is asked for again on the next connection", async () => {
  line.welcome();
  const stopped = driving.stop();
  await clock.advance(100);
  driving.detach();
  assert.equal(driving.isStopping, true);
  await clock.advance(5000);
  const next = new Line();
  driving.attach(next.channels, () => null);
  next.welcome();
  assert.deepEqual([next.heard()[0].type, next.heard("control").map((each) => each.what ?? each.type)], ["stop", ["hello", "stop"]]);
  next.control_("state", { ...STATE, stop: { by: 3 } });
  await stopped;
  assert.equal(driving.isStopping, false);
});

test("a stop that was latched is not asked for again", async () => {
  line.welcome();
  driving.stop();
  line.control_("state", { ...STATE, stop: { by: 3 } });
  driving.detach();
  const next = new Line();
  driving.attach(next.channels, () => null);
  next.welcome();
  await clock.advance(200);
  assert.deepEqual(next.heard(), []);
});

test("a lease dies with its connection: nothing drives by itself on the next one", async () => {
  becomeDriver();
  driving.detach();
  assert.equal(driving.isDriver, false);
  const next = new Line();
  driving.attach(next.channels, () => null);
  next.welcome({ viewer: 4 });
  next.status({ driver: 3 });
  await clock.advance(500);
  assert.deepEqual([driving.isDriver, next.heard()], [false, []]);
});

test("requests are numbered, and answered or refused by the robot's word", async () => {
  line.welcome();
  line.heard("control");
  const taken = driving.take();
  const refused = assert.rejects(driving.setLimit(0.5), { reason: "refused", code: "not_driver", message: "Only the driver." });
  assert.deepEqual(line.heard("control").map(({ id, what, value }) => [id, what, value]), [[1, "take", undefined], [2, "limit", 0.5]]);
  line.control_("ack", { id: 1, ok: true, asked: true });
  line.control_("ack", { id: 2, ok: false, error: "not_driver", message: "Only the driver." });
  line.control_("ack", { id: 99, ok: true });
  assert.equal((await taken).asked, true);
  await refused;
});

test("sound is asked for by name, as far as the robot has any", async () => {
  assert.deepEqual(driving.audioWays, { listen: false, talk: false });
  line.welcome();
  assert.deepEqual(driving.audioWays, { listen: false, talk: false });
  line.welcome({ audio: { listen: true, talk: false } });
  assert.deepEqual(driving.audioWays, { listen: true, talk: false });
  line.heard("control");
  driving.listen(true).catch(() => {});
  driving.talk(false).catch(() => {});
  assert.deepEqual(line.heard("control").map(({ what, value }) => [what, value]), [["listen", true], ["talk", false]]);
});

test("a request that is not answered fails within its deadline, and with the connection", async () => {
  line.welcome();
  const late = assert.rejects(driving.take(), { reason: "timeout" });
  await clock.advance(3100);
  await late;
  const cut = assert.rejects(driving.take(), { reason: "closed" });
  driving.detach();
  await cut;
  await assert.rejects(driving.take(), { reason: "closed" });
  await settle();
  assert.equal(clock.timers.length, 0);
});

test("who drives is what came last, of state and status", () => {
  line.welcome();
  line.control_("state", { ...STATE, driver: 3 });
  assert.equal(driving.isDriver, true);
  line.status({ driver: 4 });
  assert.equal(driving.isDriver, false);
  line.status({ driver: 3, r: 1 });
  assert.equal(driving.isDriver, false, "an old status");
});

test("a round trip is the least of the last second's", async () => {
  becomeDriver();
  await clock.advance(100);
  const commands = line.heard();
  await clock.advance(30);
  line.status({ driver: 3, n: commands.at(-1).n, age: 42 });
  assert.equal(driving.facts.roundTrip, clock.time - commands.at(-1).t);
  assert.equal(driving.latency, 42);
});

test("changes, status and telemetry are told; what cannot be read is counted", () => {
  const told = [];
  driving.onChange(() => told.push("change"));
  driving.onStatus(({ why }) => told.push(why));
  driving.onTelemetry((data) => told.push(data));
  line.welcome();
  line.status();
  line.drive.onmessage?.({ data: JSON.stringify({ v: 1, type: "telemetry", r: 1, data: { volt: 12 } }) });
  line.drive.onmessage?.({ data: "{" });
  assert.deepEqual(told, ["change", "change", "no_driver", { volt: 12 }]);
  assert.deepEqual([driving.counters.unreadable, driving.telemetry], [1, { volt: 12 }]);
  driving.attach(new Line().channels, () => null);
  assert.equal(driving.telemetry, null, "another connection, perhaps another robot");
});
