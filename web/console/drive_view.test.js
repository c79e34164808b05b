import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "./capture.js";
import { cameraLabel, cameraTrouble, driveViewOf, nameOf, peopleOf } from "./drive_view.js";
import { HoldState } from "./hold.js";
import { tilesOf } from "./hud.js";
import { Series } from "./series.js";
import { importantOf, valueText, valuesOf } from "./telemetry.js";

const limits = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 };
const people = [{ viewer: 3, name: "Ann", may_drive: true }, { viewer: 4, name: "", may_drive: true }, { viewer: 5, name: "Bo", may_drive: false }];
const nobody = { driver: null, asking: null, people, stop: null, limit: 1, cameras: [], camera: "" };
const status = { r: 1, n: 1, age: 30, moving: true, why: "", speed: 1, axes: [0, 0], buttons: 0, mode: "", stop: false, driver: 3, late: 0,
  stale: 0 };

/** @param {any} [more] @param {any} [robot] @param {any} [state] @returns {any} */
function facts(more = {}, robot = {}, state = {}) {
  const whole = { ...nobody, ...state };
  return {
    link: "live", isStopping: false, isLocked: false, isAttended: true, statusAge: 20,
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
  assert.deepEqual(view(), ["free", "Nobody drives", "take"]);
  const watcher = { welcome: { viewer: 5, may_drive: false, limits, modes: [] } };
  assert.deepEqual(view({}, watcher), ["free", "Nobody drives", null]);
  assert.match(driveViewOf(facts({}, watcher)).detail, /does not let you drive/);
});

test("somebody else drives: asking, having asked, and a third who asks", () => {
  assert.deepEqual(view({}, {}, { driver: 4 }), ["watch", "Viewer 4 drives", "take"]);
  assert.deepEqual(view({}, {}, { driver: 4, asking: 3 }), ["watch", "Viewer 4 drives", "give"]);
  assert.deepEqual(view({}, {}, { driver: 4, asking: 5 }), ["watch", "Viewer 4 drives", null]);
});

test("who drives is told of who asks", () => {
  assert.deepEqual(view({}, {}, { driver: 3 }), ["drive", "You drive", "give"]);
  assert.equal(driveViewOf(facts({}, {}, { driver: 3, asking: 5 })).asker, "Bo");
  assert.equal(driveViewOf(facts({}, {}, { driver: 4, asking: 5 })).asker, "");
});

test("a driver whose robot stands is told why, whatever the reason", () => {
  for (const why of ["dead_man", "clocks", "neutral", "picture", "camera", "local", "a reason of a later time"]) {
    const said = driveViewOf(facts({}, { status: { ...status, moving: false, why } }, { driver: 3 }));
    assert.deepEqual([said.look, said.title.length > 4, said.detail.length > 4], ["hold", true, true], why);
  }
});

test("controls that were taken away come before what the robot says", () => {
  assert.equal(view({ isAttended: false }, {}, { driver: 3 })[1], "Controls are off");
  assert.equal(view({ isLocked: true }, {}, { driver: 3 })[1], "Let go of the controls");
  assert.equal(view({ statusAge: 1500 }, {}, { driver: 3 })[1], "Robot is silent");
});

test("a slowed robot says why it is slow", () => {
  assert.match(driveViewOf(facts({}, { status: { ...status, speed: 0.5 } }, { driver: 3, limit: 0.5 })).detail, /50 %.*as set/);
  assert.match(driveViewOf(facts({}, { status: { ...status, speed: 0.5 } }, { driver: 3 })).detail, /Slowed to 50 %/);
});

test("an emergency stop says who, and is released by who may drive", () => {
  assert.deepEqual(view({}, {}, { stop: { by: 5 } }), ["stop", "Emergency stop", "release"]);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: 5 } })).detail, /by Bo/);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: 3 } })).detail, /by you/);
  assert.match(driveViewOf(facts({}, {}, { stop: { by: null } })).detail, /program/);
  assert.equal(view({}, { welcome: { viewer: 5, may_drive: false, limits, modes: [] } }, { stop: { by: 5 } })[2], null);
});

test("a stop on its way comes before everything, and is honest without a connection", () => {
  assert.deepEqual(view({ isStopping: true }, {}, { driver: 3 }), ["stop", "Stopping", null]);
  assert.match(driveViewOf(facts({ isStopping: true, link: "waiting" })).detail, /No connection/);
});

test("without a connection nobody is said to drive", () => {
  assert.deepEqual(view({ link: "interrupted" }, {}, { driver: 3 }), ["away", "Reconnecting", null]);
  assert.deepEqual(view({}, { welcome: null }), ["away", "Reconnecting", null]);
});

test("people by name, the driver first", () => {
  const { robot } = facts({}, {}, { driver: 5, asking: 4 });
  assert.deepEqual(peopleOf(robot).map(({ name, role }) => [name, role]),
    [["Bo", "drives"], ["Ann (you)", "watches"], ["Viewer 4", "asks to drive"]]);
  assert.equal(nameOf(robot, 99), "Viewer 99");
});

test("a camera that fails is said so, one that works is only named", () => {
  assert.equal(cameraLabel({ name: "front", state: "running" }), "front");
  assert.equal(cameraLabel({ name: "rear", state: "frozen" }), "rear (frozen)");
  const cameras = [{ name: "front", state: "failed" }, { name: "rear", state: "closed" }];
  assert.equal(cameraTrouble(facts({}, {}, { cameras, camera: "front" }).robot), "Camera front (failed)");
  assert.equal(cameraTrouble(facts({}, {}, { cameras, camera: "rear" }).robot), "");
});

test("a button held for a second does it, a shorter press does not", () => {
  const hold = new HoldState();
  hold.down(0);
  assert.equal(hold.progress(500), 0.5);
  assert.equal(hold.up(900), false);
  hold.cancel();
  hold.down(2000);
  assert.equal(hold.up(3000), true);
});

test("two presses on purpose do it, a double click and a late second one do not", () => {
  const press = (/** @type {HoldState} */ hold, /** @type {number} */ at) => {
    hold.down(at);
    return hold.up(at + 50);
  };
  const onPurpose = new HoldState();
  assert.deepEqual([press(onPurpose, 0), onPurpose.isAsking(1000), press(onPurpose, 1000)], [false, true, true]);
  const twice = new HoldState();
  assert.deepEqual([press(twice, 0), press(twice, 200)], [false, false]);
  const late = new HoldState();
  assert.deepEqual([press(late, 0), late.isAsking(5000), press(late, 5000)], [false, false, false]);
  const away = new HoldState();
  press(away, 0);
  away.cancel();
  assert.equal(press(away, 1000), false);
});

test("telemetry is flat, bounded, and what people look for comes first", () => {
  assert.deepEqual(valuesOf({ arm: { angle_deg: 30 }, ok: true, note: "x", none: null, list: [1, 2] }),
    [["arm angle deg", 30], ["ok", "yes"], ["note", "x"], ["list 0", 1], ["list 1", 2]]);
  assert.deepEqual(importantOf({ note: "x", battery: { volt: 12 } }).map(([name]) => name), ["battery volt", "note"]);
  assert.equal(valuesOf(Array.from({ length: 999 }, (_, i) => i)).length, 64);
  assert.deepEqual(valuesOf({ a: { b: { c: { d: { e: { f: 1 } } } } } }), []);
  assert.deepEqual([3, 12.345, 0.123, 123.4].map(valueText), ["3", "12.3", "0.12", "123"]);
  assert.equal(valueText("y".repeat(50)).length, 40);
});

test("a plot keeps a minute, with gaps where nothing was known", () => {
  const series = new Series();
  for (let at = 0; at <= 90_000; at += 100) series.add(at, at > 50_000 && at < 60_000 ? null : at / 1000);
  assert.ok(series.points.length <= 301 && series.points[0].at >= 30_000, `${series.points.length}`);
  assert.deepEqual(series.summary(), { last: 90, least: 30, most: 90 });
  const lines = series.lines(90_000, false);
  assert.equal(lines.length, 2);
  assert.deepEqual([lines[0][0], lines[1].at(-1)], [[0, 0], [1, 1]]);
  assert.deepEqual(new Series().lines(0, true), []);
});

test("a picture that stands still has no delay, but an age", () => {
  /** @type {any} */
  const stats = { latency: { p50: 40 }, framesPerSecond: 30, bitrate: 2e6, loss: 0.001, bytes: 5e6 };
  const told = { stats, pictureAge: 50, status, isDriver: true, limits, telemetry: null };
  const text = (/** @type {any} */ { label, value, unit, word }) => `${label} ${value} ${unit} ${word}`.trim();
  const words = (/** @type {any} */ more) => tilesOf({ ...told, ...more }).slice(0, 3).map(text);
  assert.deepEqual(words({}), ["Picture delay 40 ms", "Stick to wheel 30 ms", "Speed 100 %"]);
  assert.deepEqual(words({ pictureAge: 2500, status: null }), ["Picture 2.5 s old", "Stick to wheel – ms", "Speed – %"]);
  assert.deepEqual(words({ status: { ...status, age: 200, speed: 0.4 } }).slice(1), ["Stick to wheel 200 ms late", "Speed 40 % slowed"]);
  assert.equal(tilesOf({ ...told, isDriver: false }).some(({ label }) => label === "Stick to wheel"), false);
});

test("data used is the robot's own count of its interface, where it tells one", () => {
  /** @type {any} */
  const stats = { latency: null, framesPerSecond: 30, bitrate: 2e6, loss: 0, bytes: 5e6 };
  const told = { stats, pictureAge: 50, status, isDriver: false, limits };
  const data = (/** @type {any} */ telemetry) => tilesOf({ ...told, telemetry }).filter(({ label }) => /data/i.test(label))
    .map(({ label, value, unit }) => `${label} ${value} ${unit}`);
  assert.deepEqual(data(null), ["Data 5.0 MB"]);
  const used = { interface: "wwan0", MB: { wwan0: 312.4, wlan0: 7 } };
  assert.deepEqual(data({ data_used: used, volt: 12 }), ["Data used 312 MB wwan0"]);
  assert.deepEqual(data({ data_used: { ...used, MB: { wwan0: 4560 } } }), ["Data used 4.56 GB wwan0"]);
  assert.deepEqual(tilesOf({ ...told, telemetry: { data_used: used, volt: 12 } }).filter(({ kind }) => kind === "own").length, 1);
  for (const broken of [5, {}, { interface: "wwan0" }, { interface: {}, MB: { "[object Object]": 1 } }]) {
    assert.deepEqual(data({ data_used: broken })[0], "Data 5.0 MB");
  }
});

test("a file is named by robot and time, without what a file system minds", () => {
  assert.equal(fileName("garden/rover", new Date(2026, 0, 2, 3, 4, 5), "png"), "garden_rover 2026-01-02 03.04.05.png");
  assert.equal(fileName("", new Date(2026, 0, 2, 3, 4, 5), "webm"), "robot 2026-01-02 03.04.05.webm");
});
