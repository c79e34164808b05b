import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder, fileName } from "./capture.js";
import { cameraLabel, cameraTrouble, driveViewOf, nameOf, noPictureBecause, peopleOf, silentAfter, spokenOf } from "./drive_view.js";
import { LeaseMemory } from "./lease_memory.js";
import { tilesOf } from "./hud.js";
import { Series } from "./series.js";
import { Told, importantOf, valueText, valuesOf } from "./telemetry.js";

const limits = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 };
const people = [{ viewer: 3, name: "Ann", may_drive: true }, { viewer: 4, name: "", may_drive: true }, { viewer: 5, name: "Bo", may_drive: false }];
const nobody = { driver: null, asking: null, people, stop: null, limit: 1, cameras: [], camera: "" };
const status = { r: 1, n: 1, age: 30, moving: true, why: "", speed: 1, axes: [0, 0], buttons: 0, mode: "", stop: false, driver: 3, late: 0,
  stale: 0 };

/** @param {any} [more] @param {any} [robot] @param {any} [state] @returns {any} */
function facts(more = {}, robot = {}, state = {}) {
  const whole = { ...nobody, ...state };
  return {
    link: "live", isStopping: false, isLocked: false, isAttended: true, isTooSmall: false, hasNoVideo: false,
    statusAge: 20, held: [], canTellAge: true, wasDriver: false,
    robot: {
      welcome: { type: "welcome", viewer: 3, may_drive: true, limits, modes: [] }, state: whole, status, statusAt: 0, driver: whole.driver,
      stop: whole.stop, roundTrip: null, ...robot,
    },
    ...more,
  };
}

const view = (/** @type {any[]} */ ...given) => {
  const { look, title, action } = driveViewOf(facts(...given));
  return [look, title, action?.name ?? null];
};

test("nobody drives: who may can, who may not is told so", () => {
  assert.deepEqual(view(), ["free", "No one is driving", "take"]);
  const watcher = { welcome: { viewer: 5, may_drive: false, limits, modes: [] } };
  assert.deepEqual(view({}, watcher), ["free", "No one is driving", null]);
  assert.match(driveViewOf(facts({}, watcher)).detail, /does not let you drive/);
});

test("somebody else drives: asking, having asked, and a third who asks", () => {
  assert.deepEqual(view({}, {}, { driver: 4 }), ["watch", "Viewer 4 is driving", "take"]);
  assert.deepEqual(view({}, {}, { driver: 4, asking: 3 }), ["watch", "Viewer 4 is driving", "give"]);
  assert.deepEqual(view({}, {}, { driver: 4, asking: 5 }), ["watch", "Viewer 4 is driving", null]);
});

test("who drives is told of who asks", () => {
  assert.deepEqual(view({}, {}, { driver: 3 }), ["drive", "You're driving", "give"]);
  assert.equal(driveViewOf(facts({}, {}, { driver: 3, asking: 5 })).asker, "Bo");
  assert.equal(driveViewOf(facts({}, {}, { driver: 4, asking: 5 })).asker, "");
});

test("a driver whose robot stands is told why, whatever the reason", () => {
  for (const why of ["dead_man", "clocks", "neutral", "picture", "camera", "local", "actuator", "a reason of a later time"]) {
    const said = driveViewOf(facts({}, { status: { ...status, moving: false, why } }, { driver: 3 }));
    assert.deepEqual([said.look, said.title.length > 4, said.detail.length > 4], ["hold", true, true], why);
  }
});

test("controls that were taken away come before what the robot says", () => {
  assert.equal(view({ isAttended: false }, {}, { driver: 3 })[1], "Controls are off");
  assert.equal(view({ isLocked: true }, {}, { driver: 3 })[1], "Release all controls");
  assert.equal(view({ statusAge: 1500 }, {}, { driver: 3 })[1], "Robot is not responding");
});

test("nobody is said to drive a robot of which nothing is known: its dead-man may have stopped it", () => {
  assert.equal(view({ statusAge: 401 }, {}, { driver: 3 })[1], "Robot is not responding");
  assert.equal(view({ statusAge: 399 }, {}, { driver: 3 })[1], "You're driving", "one status may be lost");
  assert.equal(silentAfter({ ...limits, dead_man_ms: 600 }), 750);
  assert.equal(silentAfter(null), 400);
  assert.deepEqual(view({ statusAge: null }, { status: null }, { driver: 3 }), ["hold", "One moment", "give"]);
});

test("a picture that is too small is not driven by", () => {
  assert.deepEqual(view({ isTooSmall: true }, {}, { driver: 3 }), ["hold", "Video is too small to drive by", "give"]);
  assert.equal(view({ isTooSmall: true }, {}, { driver: 5 })[0], "watch");
});

test("who cannot play the video is not asked to drive", () => {
  assert.deepEqual(view({ hasNoVideo: true }), ["free", "No one is driving", null]);
  assert.deepEqual(view({ hasNoVideo: true }, {}, { driver: 5 }), ["watch", "Bo is driving", null]);
  assert.match(driveViewOf(facts({ hasNoVideo: true })).detail, /cannot play/);
});

test("who has to let go is told of what", () => {
  assert.equal(driveViewOf(facts({ isLocked: true, held: ["keyboard", "gamepad"] }, {}, { driver: 3 })).detail, "Still pressed: keyboard, gamepad.");
});

test("a browser that cannot tell how old the picture is is not told that it is old", () => {
  const blind = { status: { ...status, moving: false, why: "picture" } };
  assert.match(view({}, blind, { driver: 3 })[1], /delayed/);
  assert.equal(view({ canTellAge: false }, blind, { driver: 3 })[1], "The video's delay is unknown");
  assert.equal(view({ canTellAge: false }, {}, { driver: 3 })[1], "You're driving", "where the robot does not mind");
});

test("who drove until the connection was lost is asked to go on, and drives by hand only", () => {
  assert.deepEqual(view({ wasDriver: true }), ["free", "Press Drive to continue", "take"]);
  assert.equal(view({ wasDriver: true }, {}, { driver: 5 })[1], "Bo is driving");
  assert.equal(view({ wasDriver: true }, { welcome: { viewer: 5, may_drive: false, limits, modes: [] } })[1], "No one is driving");
});

test("a lease that was lost with its connection is remembered until somebody drives; one that was given up is not", () => {
  const memory = new LeaseMemory();
  const follow = (/** @type {boolean} */ isDriver, /** @type {boolean} */ isConnected, /** @type {number | null} */ driver) => {
    memory.follow({ isDriver, isConnected, driver });
    return memory.isLost;
  };
  assert.deepEqual([follow(false, true, null), follow(true, true, 3), follow(false, true, null), follow(false, false, null)],
    [false, false, false, false]);
  assert.deepEqual([follow(true, true, 3), follow(false, false, null), follow(false, true, null)], [false, true, true]);
  assert.deepEqual([follow(true, true, 4), follow(false, false, null)], [false, true]);
  assert.deepEqual([follow(false, true, 5), follow(false, true, null)], [false, false], "somebody else drove meanwhile");
});

test("a stop is read aloud at once with all that is said of it, a share of the speed is not", () => {
  const spoken = (/** @type {any[]} */ ...given) => spokenOf(driveViewOf(facts(...given)));
  assert.deepEqual(spoken({}, {}, { stop: { by: 5 } }),
    { alert: "Emergency stop. Pressed by Bo. Nothing moves until it is released. Hold to release.", status: "" });
  assert.deepEqual(spoken({}, { status: { ...status, speed: 0.5 } }, { driver: 3 }), { alert: "", status: "You're driving" });
  assert.match(spoken({ isLocked: true, held: ["touch"] }, {}, { driver: 3 }).status, /^Release all controls[.] Still pressed: touch/);
});

test("a slowed robot says why it is slow", () => {
  assert.match(driveViewOf(facts({}, { status: { ...status, speed: 0.5 } }, { driver: 3, limit: 0.5 })).detail, /50 %.*as set/);
  assert.match(driveViewOf(facts({}, { status: { ...status, speed: 0.5 } }, { driver: 3 })).detail, /Slowed to 50 %/);
});

test("an emergency stop says who, and is released by who may drive", () => {
  assert.deepEqual(view({}, {}, { stop: { by: 5 } }), ["stop", "Emergency stop", "release"]);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: 5 } })).detail, /by Bo/);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: 3 } })).detail, /by you/);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: null } })).detail, /software/);
  assert.equal(view({}, { welcome: { viewer: 5, may_drive: false, limits, modes: [] } }, { stop: { by: 5 } })[2], null);
});

test("a stop on its way comes before everything, and is honest without a connection", () => {
  assert.deepEqual(view({ isStopping: true }, {}, { driver: 3 }), ["stop", "Stopping", null]);
  assert.match(driveViewOf(facts({ isStopping: true, link: "waiting" })).detail, /No connection/);
  assert.match(driveViewOf(facts({ isStopping: true }, { welcome: null })).detail, /No answer from the robot yet.*is sent as soon/);
});

test("without a connection nobody is said to drive", () => {
  assert.deepEqual(view({ link: "interrupted" }, {}, { driver: 3 }), ["away", "Reconnecting", null]);
  assert.deepEqual(view({}, { welcome: null }), ["away", "Reconnecting", null]);
});

test("people by name, the driver first", () => {
  const { robot } = facts({}, {}, { driver: 5, asking: 4 });
  assert.deepEqual(peopleOf(robot).map(({ name, role }) => [name, role]),
    [["Bo", "driving"], ["Ann (you)", "watching"], ["Viewer 4", "asks to drive"]]);
  assert.equal(nameOf(robot, 99), "Viewer 99");
  robot.state.people[2].name = "Bartholomew of the Long Name";
  assert.equal(nameOf(robot, 5), "Bartholomew of the…", "the banner has two lines");
  assert.equal(peopleOf(robot)[0].name, "Bartholomew of the Long Name");
});

test("a camera that fails is said so, one that works is only named", () => {
  assert.equal(cameraLabel({ name: "front", state: "running" }), "front");
  assert.equal(cameraLabel({ name: "rear", state: "frozen" }), "rear (frozen)");
  const cameras = [{ name: "front", state: "failed" }, { name: "rear", state: "closed" }];
  assert.equal(cameraTrouble(facts({}, {}, { cameras, camera: "front" }).robot), "Camera front (failed)");
  assert.equal(cameraTrouble(facts({}, {}, { cameras, camera: "rear" }).robot), "");
  const none = [{ name: "camera", state: "missing" }];
  assert.equal(cameraTrouble(facts({}, {}, { cameras: none, camera: "camera" }).robot), "Camera camera (none found, test picture)");
  const reason = "/dev/video9 is missing; waiting for it";
  assert.equal(cameraLabel({ name: "front", state: "missing", reason }), "front (missing)");
  assert.equal(cameraTrouble(facts({}, {}, { cameras: [{ name: "front", state: "missing", reason }], camera: "front" }).robot),
    "Camera front: /dev/video9 is missing; waiting for it");
});

test("telemetry is flat, bounded, and what people look for comes first", () => {
  assert.deepEqual(valuesOf({ arm: { angle_deg: 30 }, ok: true, note: "x", none: null, list: [1, 2] }),
    [["arm angle deg", 30], ["ok", "yes"], ["note", "x"], ["list 0", 1], ["list 1", 2]]);
  const named = (/** @type {string[]} */ ...names) => importantOf(names.map((name) => ({ name }))).map(({ name }) => name);
  assert.deepEqual(named("note", "temp", "volt", "battery charge", "speed", "rsrp", "rssi"),
    ["volt", "rsrp", "speed", "temp", "battery charge", "rssi", "note"]);
  assert.equal(valuesOf(Array.from({ length: 999 }, (_, i) => i)).length, 64);
  assert.deepEqual(valuesOf({ a: { b: { c: { d: { e: { f: 1 } } } } } }), []);
  assert.deepEqual([3, 12.345, 0.123, 123.4].map(valueText), ["3", "12.3", "0.12", "123"]);
  assert.equal(valueText("y".repeat(50)).length, 40);
});

test("a value that is told no more is old, one that always comes seldom is not, and who names ever new ones fills nothing", () => {
  const told = new Told();
  const old = (/** @type {number} */ now) => told.values(now).filter(({ isOld }) => isOld).map(({ name }) => name);
  for (let at = 0; at <= 60_000; at += 1000) told.add(at, { speed: 1, ...(at <= 50_000 && { battery: 12 }), ...(at % 20_000 === 0 && { tank: 5 }) });
  assert.deepEqual(old(54_000), []);
  assert.deepEqual(old(60_000), ["battery"]);
  assert.deepEqual(old(66_000), ["battery", "speed"]);
  assert.deepEqual(old(121_000), ["battery", "speed", "tank"]);
  told.add(121_000, { battery: 11 });
  assert.deepEqual(told.values(121_000)[0], { name: "battery", value: 11, isOld: false });
  assert.equal(told.isOld(126_500, "battery"), true, "a gap is no pace");
  for (let at = 0; at < 200; at++) told.add(200_000 + at, { [`n${at}`]: at });
  assert.equal(told.values(0).length, 64);
  assert.equal(told.has("n199") && !told.has("n100"), true);
  told.clear();
  assert.deepEqual(told.values(0), []);
});

test("a plot keeps a minute, with gaps where nothing was known", () => {
  const series = new Series();
  for (let at = 0; at <= 90_000; at += 100) series.add(at, at > 50_000 && at < 60_000 ? null : at / 1000);
  assert.ok(series.points.length <= 301 && series.points[0].at >= 30_000, `${series.points.length}`);
  assert.deepEqual(series.summary(), { last: 90, lastAt: 90_000, least: 30, most: 90 });
  const lines = series.lines(90_000, false);
  assert.equal(lines.length, 2);
  assert.deepEqual([lines[0][0], lines[1].at(-1)], [[0, 0], [1, 1]]);
  assert.deepEqual(new Series().lines(0, true), []);
});

test("a picture that stands still has no delay, but an age", () => {
  /** @type {any} */
  const stats = { latency: { p50: 40 }, framesPerSecond: 30, bitrate: 2e6, loss: 0.001 };
  const told = { stats, pictureAge: 50, status, isDriver: true, limits, own: [], traffic: { received: 5e6, sent: 4e5 } };
  const text = (/** @type {any} */ { label, value, unit, word }) => `${label} ${value} ${unit} ${word}`.trim();
  const words = (/** @type {any} */ more) => tilesOf({ ...told, ...more }).slice(0, 3).map(text);
  assert.deepEqual(words({}), ["Video delay 40 ms", "Control delay 30 ms", "Max speed 100 %"]);
  assert.deepEqual(words({ pictureAge: 2500, status: null }), ["Video 2.5 s old", "Control delay – ms", "Max speed – %"]);
  assert.deepEqual(words({ status: { ...status, age: 200, speed: 0.4 } }).slice(1), ["Control delay 200 ms late", "Max speed 40 % slowed"]);
  assert.equal(tilesOf({ ...told, isDriver: false }).some(({ label }) => label === "Control delay"), false);
  assert.equal(text(tilesOf(told).at(-1)), "This tab 5.4 MB");
});

test("what a driver needs comes first, as the last may find no room: delays, speed, what is wrong, battery, radio", () => {
  const own = ["volt", "rsrp", "speed", "temp", "note"].map((name) => ({ name, value: 1, isOld: name === "rsrp" }));
  const stats = { latency: { p50: 40 }, framesPerSecond: 30, frames: 99, bitrate: 2e6, loss: 0.001 };
  const labels = (/** @type {any} */ more) => tilesOf({
    stats: /** @type {any} */ ({ ...stats, ...more }), pictureAge: 50, status, isDriver: true, limits, own, traffic: { received: 5e6, sent: 4e5 },
  }).map(({ label, word }) => (word ? `${label}: ${word}` : label));
  const big = ["Video delay", "Control delay", "Max speed"];
  const robot = ["volt", "rsrp: old", "speed", "temp"];
  assert.deepEqual(labels({}), [...big, ...robot, "Frames", "Rate", "Packet loss", "This tab"]);
  assert.deepEqual(labels({ framesPerSecond: 5, loss: 0.1 }), [...big, "Frames: few", "Packet loss: high", ...robot, "Rate", "This tab"]);
});

test("a browser that does not record says so once, and shows nothing as recording", () => {
  const said = [];
  const track = { readyState: "live" };
  const video = { srcObject: { getVideoTracks: () => [track] } };
  const recorder = new Recorder(/** @type {any} */ (video), "rover", () => {}, (text) => said.push(text));
  globalThis.MediaRecorder = /** @type {any} */ (Object.assign(function Refusing() {
    throw new Error("no encoder");
  }, { isTypeSupported: () => false }));
  try {
    recorder.toggle();
    recorder.follow();
    assert.deepEqual([recorder.since, said], [null, ["The browser does not record: no encoder"]]);
  } finally {
    delete (/** @type {any} */ (globalThis).MediaRecorder);
  }
});

test("data used is the robot's own count of its interface, where it tells one, and else this page's", () => {
  /** @type {any} */
  const stats = { latency: null, framesPerSecond: 30, bitrate: 2e6, loss: 0 };
  const tiles = (/** @type {any} */ telemetry, now = 0) => {
    const robot = new Told();
    robot.add(0, telemetry);
    return tilesOf({ stats, pictureAge: 50, status, isDriver: false, limits, own: robot.values(now), traffic: { received: 5e6, sent: 4e4 } });
  };
  const data = (/** @type {any} */ telemetry, now = 0) => tiles(telemetry, now).filter(({ label }) => /data|tab/i.test(label))
    .map(({ label, value, unit, word }) => `${label} ${value} ${unit} ${word}`.trim());
  assert.deepEqual(data(null), ["This tab 5.0 MB"]);
  const used = { interface: "wwan_0", MB: { wwan_0: 312.4, wlan0: 7 } };
  assert.deepEqual(data({ data_used: used, volt: 12 }), ["Data used 312 MB wwan_0"]);
  assert.deepEqual(data({ data_used: used }, 9000), ["Data used 312 MB wwan_0 old"]);
  assert.deepEqual(data({ data_used: { ...used, MB: { wwan_0: 4560 } } }), ["Data used 4.56 GB wwan_0"]);
  assert.deepEqual(tiles({ data_used: used, volt: 12 }).filter(({ kind }) => kind === "own").length, 1);
  for (const broken of [5, {}, { interface: "wwan0" }, { interface: {}, MB: { "[object Object]": 1 } }]) {
    assert.deepEqual(data({ data_used: broken }).at(-1), "This tab 5.0 MB");
  }
});

test("a file is named by robot and time, without what a file system minds", () => {
  assert.equal(fileName("garden/rover", new Date(2026, 0, 2, 3, 4, 5), "png"), "garden_rover 2026-01-02 03.04.05.png");
  assert.equal(fileName("", new Date(2026, 0, 2, 3, 4, 5), "webm"), "robot 2026-01-02 03.04.05.webm");
});

test("a page without a picture names the camera as the cause, if it is", () => {
  const shown = (state, reason) => facts({}, {}, { cameras: [{ name: "front", state, ...(reason && { reason }) }], camera: "front" }).robot;
  assert.equal(noPictureBecause(shown("missing", "/dev/video9 is missing"), undefined), "Camera front: /dev/video9 is missing");
  assert.equal(noPictureBecause(shown("failed"), undefined), "Camera front (failed)");
  assert.equal(noPictureBecause(shown("opening"), "missing"), "", "the robot's own word counts");
  const silent = { ...shown("closed"), welcome: null };
  assert.equal(noPictureBecause(silent, "missing"), "The robot's camera is missing.");
  assert.equal(noPictureBecause(silent, "failed"), "The robot's camera is out of order.");
  assert.equal(noPictureBecause(silent, "running"), "");
  assert.equal(noPictureBecause(silent, undefined), "");
});
