// The console with the real robot: what a person does at the page, and what the actuators are told.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, hold, openConsole, press, take } from "../lib/driven.mjs";
import { Robot, root, startServer, withAll } from "../lib/programs.mjs";

const pictures = `${root}build/pictures`;
mkdirSync(pictures, { recursive: true });

const PATIENCE = { timeout: 60_000, polling: 30 };
const title = (page, text) => page.waitForFunction((wanted) => document.getElementById("title").textContent === wanted, text, PATIENCE);

const says = (page, text) => page.waitForFunction((wanted) => document.getElementById("more").textContent.includes(wanted), text, PATIENCE);

async function site(add, flags = []) {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, ...flags]));
  await robot.online();
  return { server, robot, browser: add(await launch()) };
}

const forward = ({ moving, axes }) => moving && axes[1] > 0.9;
const atRest = ({ axes }) => axes.every((axis) => axis === 0);

/** Waits for what `condition` says of the actuators, while `act` is done. */
async function whenDoing(robot, what, condition, act) {
  const seen = robot.output(what, condition);
  await act();
  return seen;
}

/** A gamepad that a test holds: what the browser would tell of a real one. */
const PAD = () => {
  window.__pad = null;
  navigator.getGamepads = () => [window.__pad];
  window.__hold = (y, pressed = []) => {
    const buttons = Array.from({ length: 17 }, (_, i) => ({ pressed: pressed.includes(i), value: Number(pressed.includes(i)) }));
    window.__pad = { id: "Test pad", mapping: "standard", connected: true, axes: [0, y, 0, 0], buttons };
  };
};

test("a page that loses the focus with W held is neutral at once, and drives again after all is let go of", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openConsole(browser, server.url);
  await take(page);
  await press(page, "w", robot.output("it to go", forward));
  // By the page's word, and not by the dead-man's: a page that fell silent would be obeyed no more.
  await whenDoing(robot, "rest", (output) => output.moving && atRest(output), () => page.evaluate(() => window.dispatchEvent(new Event("blur"))));
  await page.keyboard.up("w");
  await press(page, "w", robot.output("it to go again", forward));
  await whenDoing(robot, "rest", atRest, () => page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }));
}));

test("a gamepad drives; when it is lost the robot rests, and its stop button stops", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openConsole(browser, server.url, { init: PAD });
  await take(page);
  await page.evaluate(() => window.__hold(0));
  await page.waitForFunction(() => document.getElementById("input").textContent === "Gamepad: Test pad", null, PATIENCE);
  await title(page, "You're driving");
  await hold(page, { down: () => page.evaluate(() => window.__hold(-1)), up: () => page.evaluate(() => window.__hold(0)) },
    robot.output("it to go", forward));
  await whenDoing(robot, "rest", atRest, () => page.evaluate(() => (window.__pad = null)));
  await page.evaluate(() => window.__hold(-1));
  await title(page, "Release all controls");
  assert.ok(atRest(robot.outputs().at(-1)));
  await page.evaluate(() => window.__hold(0));
  await title(page, "You're driving");
  await page.evaluate(() => window.__hold(-1, [8]));
  await title(page, "Emergency stop");
  await robot.stands("emergency_stop");
}));

test("a finger on a phone drives, and the robot rests when it is gone", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(server.url);
  await title(page, "No one is driving");
  await page.tap("#act");
  await title(page, "You're driving");
  const { x, y, width } = await page.locator("#stick").boundingBox();
  const session = await context.newCDPSession(page);
  const touch = (type, touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  const down = async () => {
    await touch("touchStart", [{ x: x + width / 2, y: y + width / 2 }]);
    await touch("touchMove", [{ x: x + width / 2, y: y - 20 }]);
  };
  await hold(page, { down, up: () => touch("touchEnd", []) }, robot.output("it to go", forward));
  await whenDoing(robot, "rest", atRest, () => touch("touchCancel", []));
  await page.screenshot({ path: `${pictures}/console-phone.png` });
}));

test("the space bar stops, whatever has the focus, and the release is held on purpose", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openConsole(browser, server.url);
  await take(page);
  await press(page, "w", robot.output("it to go", forward));
  await page.focus("#act");
  await whenDoing(robot, "the stop", ({ why }) => why === "emergency_stop", () => page.keyboard.press("Space"));
  await title(page, "Emergency stop");
  await says(page, "Pressed by you");
  await page.keyboard.up("w");
  await page.click("#release");
  assert.equal(robot.outputs().at(-1).why, "emergency_stop", "a click is not enough");
  await page.focus("#release");
  await page.keyboard.down("Enter");
  await title(page, "You're driving");
  await page.keyboard.up("Enter");
  await press(page, "w", robot.output("it to go", forward));
}));

test("a browser that plays none of the robot's formats is told which they are, cannot drive, and is logged once", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const plain = RTCPeerConnection.prototype.createOffer;
    RTCPeerConnection.prototype.createOffer = function createOffer(...given) {
      const codecs = RTCRtpReceiver.getCapabilities("video").codecs.filter(({ mimeType }) => mimeType === "video/VP9");
      this.getTransceivers().filter(({ receiver }) => receiver.track.kind === "video").forEach((each) => each.setCodecPreferences(codecs));
      return plain.apply(this, given);
    };
  });
  await page.goto(server.url);
  await page.waitForFunction(() => /H[.]264/.test(document.getElementById("detail").textContent), null, PATIENCE);
  await page.locator("#stop").waitFor();
  await says(page, "cannot play the robot's video");
  assert.equal(await page.isHidden("#act"), true);
  assert.equal(robot.lines.filter(({ text }) => /plays none of this robot's video formats/.test(text)).length, 1);
}));

test("people are named, and each is told who drives and who stopped", () => withAll(async (add) => {
  const { server, browser } = await site(add);
  const named = (name) => ({ init: `localStorage.setItem("rtcbot.name", ${JSON.stringify(name)})` });
  const ann = await openConsole(browser, server.url, named("Ann"));
  const bo = await openConsole(browser, server.url, named("Bo"));
  await take(ann);
  await title(bo, "Ann is driving");
  await bo.keyboard.press("e");
  await ann.waitForFunction(() => document.getElementById("asker").textContent === "Bo", null, PATIENCE);
  await ann.click("#refuse");
  await bo.waitForFunction(() => /Ask to drive/.test(document.getElementById("act").textContent), null, PATIENCE);
  await bo.click("#stop");
  await title(ann, "Emergency stop");
  await says(ann, "Pressed by Bo");
}));

test("a robot that comes back is not driven by itself", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openConsole(browser, server.url);
  await robot.driveOff(page);
  await robot.kill();
  await title(page, "Reconnecting");
  const again = add(new DrivenRobot(server.port, DRIVEN));
  await title(page, "Press Drive to continue");
  await page.keyboard.up("w");
  await page.keyboard.down("w");
  await again.output("some of its outputs", () => again.outputs().length > 5);
  assert.ok(again.outputs().every(({ moving }) => !moving));
}));

test("the simulated robot is driven on a desk, and tells of itself", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--drive", "sim", "--stop-file", "none"], { camera: null }));
  await robot.online();
  const page = await openConsole(add(await launch()), server.url);
  await take(page);
  await press(page, "w", page.waitForFunction(() => /speed\s*[0-9.]*[1-9]/.test(document.getElementById("tiles").textContent), null, PATIENCE));
  await page.keyboard.press("i");
  await page.waitForFunction(() => /battery/.test(document.getElementById("own").textContent), null, PATIENCE);
  await page.waitForFunction(() => [...document.getElementById("pick").options].some((option) => option.value === "speed"), null, PATIENCE);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${pictures}/console-sim.png` });
  await page.keyboard.up("w");
}));

/** Tells of the radio while that file is there, and then goes on without a word. */
const radio = (file) => `while [ -e ${file} ]; do echo '{"rsrp_dbm":-95}'; sleep 0.5; done; cat > /dev/null`;

test("a value that its program tells no more is called old, though others are told on", () => withAll(async (add) => {
  const server = add(await startServer());
  const talks = `${tmpdir()}/rtcbot-radio-${process.pid}`;
  writeFileSync(talks, "");
  add({ stop: () => rmSync(talks, { force: true }) });
  const robot = add(new Robot(server.port, ["--drive", "sim", "--drive", `exec:${radio(talks)}`, "--stop-file", "none"], { camera: null }));
  await robot.online();
  const page = await openConsole(add(await launch()), server.url);
  const tile = (pattern) => page.waitForFunction((wanted) => [...document.querySelectorAll("#tiles .own")]
    .some(({ textContent }) => new RegExp(wanted).test(textContent)), pattern, PATIENCE);
  await tile("^rsrp dbm\\s*-95");
  rmSync(talks);
  await tile("^rsrp dbm · old\\s*-95");
  await tile("^battery\\s*[0-9]");
}));

test("a robot that is not driven has the plain page, and the space bar is the browser's", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await (add(await launch())).newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, PATIENCE);
  await page.keyboard.press("Space");
  for (const id of ["stop", "banner", "tiles", "settings", "snap"]) assert.equal(await page.isHidden(`#${id}`), true, id);
  assert.deepEqual(robot.messages(), []);
}));
