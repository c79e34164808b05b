// The console in real Chromium: real keys, a gamepad of the test's own, a robot that is a page of another browser and does what a test says.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { commanded, drive, open, openFree, openPage, page, robot, robotIs, server, title, until } from "./support/console_stage.mjs";

beforeEach(() => page.addInitScript(() => {
  // A pad that a test holds: what the browser would tell of a real one.
  window.__pads = [];
  navigator.getGamepads = () => window.__pads;
}));

test("a robot that does not welcome has the plain page, and the space bar is the browser's", async () => {
  await open({ isOn: false });
  await until(() => document.body.dataset.state === "live");
  await page.keyboard.press("Space");
  const [hidden, stops] = [await page.isHidden("#stop"), await robot.page.evaluate(() => window.driven.stops)];
  assert.deepEqual([hidden, await page.isHidden("#banner"), stops], [true, true, 0]);
});

test("keys drive: 50 commands a second that a robot takes, and neutral at once when they are let go of", async () => {
  await drive();
  await until(() => document.body.dataset.state === "live");
  await commanded([0, 0]);
  await page.keyboard.down("w");
  await page.keyboard.down("ArrowLeft");
  await commanded([-1, 1]);
  await page.keyboard.up("w");
  await page.keyboard.up("ArrowLeft");
  await commanded([0, 0]);
  const seen = await robot.page.evaluate(() => ({
    refused: window.driven.refused, ns: window.driven.commands.map((each) => each.n),
    times: window.driven.commands.map((each) => each.t),
  }));
  assert.equal(seen.refused, 0);
  assert.ok(seen.ns.every((n, i) => i === 0 || n > seen.ns[i - 1]));
  const steps = seen.times.slice(1).map((time, i) => time - seen.times[i]).sort((a, b) => a - b);
  const rate = 1000 / steps[Math.floor(steps.length / 2)];
  assert.ok(rate > 30 && rate < 80, `${rate} commands a second`);
  // The age of the picture that is driven by.
  await robotIs(() => window.driven.commands.at(-1).p !== null && window.driven.commands.at(-1).p < 2000);
});

test("a page that loses the focus, or is not looked at, lets go at once", async () => {
  await drive();
  for (const leave of [
    () => window.dispatchEvent(new Event("blur")),
    () => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      delete document.visibilityState;
    },
    () => window.dispatchEvent(new Event("gamepaddisconnected")),
  ]) {
    await page.keyboard.down("d");
    await commanded([1, 0]);
    await page.evaluate(`(${leave})()`);
    await commanded([0, 0]);
    await page.keyboard.up("d");
  }
});

test("a gamepad drives, its loss is neutral, and it must rest before it drives again", async () => {
  await drive();
  const hold = (y) => page.evaluate((value) => {
    const buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
    window.__pads = [{ id: "Test pad (STANDARD)", mapping: "standard", connected: true, axes: [0, value, 0, 0], buttons }];
  }, y);
  await hold(0);
  await until(() => document.getElementById("title").textContent === "You're driving" && document.getElementById("input").textContent !== "");
  await hold(-1);
  await commanded([0, 1]);
  await until(() => document.getElementById("input").textContent === "Gamepad: Test pad");
  await page.evaluate(() => (window.__pads = [null]));
  await commanded([0, 0]);
  await hold(-1);
  await title("Release all controls");
  await commanded([0, 0]);
  await hold(0.02);
  await title("You're driving");
  await hold(1);
  await commanded([0, -1]);
});

test("the space bar stops, also for who only watches and on a focused button, until the robot has it; release takes a second", async () => {
  await openFree({ mayDrive: false, isStopDeaf: true });
  await page.focus("#info");
  await page.keyboard.press("Space");
  await title("Stopping");
  assert.equal(await page.getAttribute("#info", "aria-pressed"), "false", "the button was not pressed");
  await robotIs(() => window.driven.stops > 10);
  await robot.set({ isStopDeaf: false });
  await title("Emergency stop");
  assert.equal(await page.isHidden("#release"), true, "who may not drive may not release");
  // One that is still under way would stop it anew.
  await robotIs(async () => {
    const before = window.driven.stops;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return window.driven.stops === before;
  });
  const stops = await robot.page.evaluate(() => window.driven.stops);
  await robot.set({ stop: null });
  await title("No one is driving");
  const later = await robot.page.evaluate(() => window.driven.stops);
  assert.ok(later <= stops + 2, "it has ended");
});

/** Clicks there as fast as a hand does, however late the page is: nothing waits for it. @param {string} selector @param {number} times */
async function clickFast(selector, times) {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const session = await page.context().newCDPSession(page);
  const at = { x: x + width / 2, y: y + height / 2, button: "left" };
  await session.send("Input.dispatchMouseEvent", { ...at, type: "mouseMoved", button: "none" });
  await Promise.all(Array.from({ length: 2 * times }, (_, i) => session.send("Input.dispatchMouseEvent", {
    ...at, type: i % 2 ? "mouseReleased" : "mousePressed", clickCount: Math.floor(i / 2) + 1,
  })));
}

test("an emergency stop is released by holding, by a second press, and not by a double click", async () => {
  await drive({});
  for (const release of [
    async () => {
      await page.focus("#release");
      await page.keyboard.down("Enter");
      await robotIs(() => window.driven.stop === null);
      await page.keyboard.up("Enter");
    },
    async () => {
      await clickFast("#release", 2);
      await until(() => /again/.test(document.getElementById("release").textContent));
      assert.notEqual(await robot.page.evaluate(() => window.driven.stop), null);
      await page.waitForTimeout(400);
      await page.click("#release");
    },
  ]) {
    await page.click("#stop");
    await title("Emergency stop");
    await release();
    await title("You're driving");
  }
});

test("a tap that a busy page sees late is not taken for holding", async () => {
  await drive({});
  await page.keyboard.press("Space");
  await title("Emergency stop");
  await page.evaluate((busyFor) => document.getElementById("release").addEventListener("pointerdown", () => {
    for (const since = performance.now(); performance.now() - since < busyFor;);
  }), 1400);
  await clickFast("#release", 1);
  await until(() => /again/.test(document.getElementById("release").textContent));
  assert.notEqual(await robot.page.evaluate(() => window.driven.stop), null);
});

test("a finger that slides off the release button, which holds still, has changed its mind", async () => {
  await drive({});
  await page.keyboard.press("Space");
  await title("Emergency stop");
  const { x, y, width, height } = await page.locator("#release").boundingBox();
  const says = (text) => until((wanted) => document.getElementById("release").textContent === wanted, text);
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await says("Keep holding");
  await page.mouse.move(x + width / 2, y + height + 40);
  await says("Hold to release");
  await page.mouse.up();
  // What moves under a finger that rests is no change of mind.
  await page.mouse.move(x + 5, y + height / 2);
  await page.mouse.down();
  await page.evaluate(() => (document.getElementById("banner").style.translate = "0 150px"));
  await robotIs(() => window.driven.stop === null);
  await page.mouse.up();
});

test("controls are asked for, handed over and taken back by hand; after a reconnect nobody drives by itself", async () => {
  await drive({});
  const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann"));
  await robot.set({ asking: ann });
  await until(() => document.getElementById("ask").hidden === false && document.getElementById("asker").textContent === "Ann");
  await page.click("#grant");
  await title("Ann is driving");
  await page.click("#act");
  await until(() => /You have asked Ann/.test(document.getElementById("more").textContent));
  await robot.set({ driver: null, asking: null });
  await title("No one is driving");
  await page.click("#act");
  await title("You're driving");
  await robot.page.evaluate(() => window.hangUp());
  await title("Reconnecting");
  await title("Press Drive to continue");
  const before = await robot.page.evaluate(() => window.driven.commands.length);
  await page.keyboard.press("w");
  assert.equal(await robot.page.evaluate(() => window.driven.commands.length), before);
});

test("a stop pressed without a connection reaches the robot with the next one", async () => {
  await openFree();
  server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
  await robot.page.evaluate(() => window.hangUp());
  await title("Reconnecting");
  await page.keyboard.press("Space");
  await title("Stopping");
  server.answer = (offer) => robot.answer(offer);
  await title("Emergency stop");
});

test("speed limit, cameras, modes and telemetry", async () => {
  await drive({
    cameras: [{ name: "front", state: "running" }, { name: "rear", state: "frozen" }], camera: "front", modes: ["slow", "fast"],
    telemetry: { battery: { volt: 12.5 }, note: "ok" },
  });
  await until(() => /battery volt\s*12.5/.test(document.getElementById("tiles").textContent));
  await robotIs(() => window.driven.commands.at(-1)?.mode === "slow");
  await page.selectOption("#mode", "fast");
  await robotIs(() => window.driven.commands.at(-1)?.mode === "fast");
  await page.focus("#limit");
  await page.keyboard.press("ArrowLeft");
  await robotIs(() => window.driven.limit === 0.95);
  await page.selectOption("#camera", "rear");
  await robotIs(() => window.driven.camera === "rear");
  await until(() => document.getElementById("trouble").textContent === "Camera rear (frozen)");
  await page.keyboard.press("i");
  await until(() => [...document.getElementById("pick").options].some((option) => option.value === "battery volt"));
  await until(() => /you/.test(document.getElementById("people").textContent));
});

test("a picture and a recording are saved as files, the recording anew after a reconnect", async () => {
  await openFree();
  await until(() => document.body.dataset.state === "live");
  let saved = page.waitForEvent("download");
  await page.keyboard.press("p");
  assert.match((await saved).suggestedFilename(), /^rover .*[.]png$/);
  await page.keyboard.press("r");
  await until(() => /Recording 0:(0[2-9]|[1-9])/.test(document.getElementById("rec").textContent));
  saved = page.waitForEvent("download");
  await robot.page.evaluate(() => window.hangUp());
  assert.match((await saved).suggestedFilename(), /^rover .*[.](mp4|webm)$/);
  await until(() => document.body.dataset.state === "live");
  await page.waitForTimeout(1500);
  saved = page.waitForEvent("download");
  await page.keyboard.press("r");
  assert.match((await saved).suggestedFilename(), /^rover .*[.](mp4|webm)$/);
});

test("where gamepads are forbidden the keyboard and the stop drive and stop all the same", async () => {
  await openPage();
  await page.addInitScript(() => {
    // As Chromium does in a frame without the permission.
    navigator.getGamepads = () => {
      throw new DOMException("Access to the feature \"gamepad\" is disallowed by permissions policy.", "SecurityError");
    };
  });
  await drive();
  await page.keyboard.down("w");
  await commanded([0, 1]);
  await page.keyboard.up("w");
  await commanded([0, 0]);
  await page.keyboard.press("Space");
  await title("Emergency stop");
});

test("a page that a Permissions-Policy forbids gamepads drives by keys", async () => {
  await openPage();
  server.headers = { "Permissions-Policy": "gamepad=()" };
  await drive();
  await page.keyboard.down("w");
  await commanded([0, 1]);
  await page.keyboard.up("w");
});

test("a name that was typed is left by Enter, by which others see it, and by Escape; then W drives and Space stops", async () => {
  await drive();
  await page.keyboard.press("i");
  const names = () => robot.page.evaluate(() => [...window.driven.viewers.values()].map(({ name }) => name));
  await page.click("#self");
  await page.keyboard.type("Bo");
  await page.keyboard.press("Escape");
  assert.deepEqual([await page.inputValue("#self"), await page.evaluate(() => document.activeElement.id)], ["", ""]);
  await page.click("#self");
  await page.keyboard.type("Ann");
  await page.keyboard.press("Enter");
  await robotIs(() => [...window.driven.viewers.values()].some(({ name }) => name === "Ann"));
  await page.keyboard.down("w");
  await commanded([0, 1]);
  await page.keyboard.up("w");
  await robot.page.evaluate(() => window.hangUp());
  await title("Press Drive to continue");
  await robotIs(() => [...window.driven.viewers.values()].some(({ name }) => name === "Ann"));
  assert.deepEqual(await names(), ["Ann"]);
  await page.click("#self");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Space");
  await title("Emergency stop");
});

test("a camera that is missing shows nothing of another, and is no snapshot", async () => {
  const cameras = (rear) => [{ name: "front", state: "running" }, { name: "rear", state: rear }];
  await openFree({ cameras: cameras("closed"), camera: "front" });
  await until(() => document.body.dataset.state === "live");
  const isSeen = () => page.evaluate(() => ["video", "still"].map((id) => document.getElementById(id))
    .some((each) => each.checkVisibility({ visibilityProperty: true })));
  await page.keyboard.press("c");
  await robotIs(() => window.driven.camera === "rear");
  await robot.set({ cameras: cameras("failed") });
  await until(() => document.getElementById("trouble").textContent === "Camera rear (failed)");
  await page.waitForFunction(() => document.getElementById("video").currentTime > 1);
  assert.equal(await isSeen(), false);
  const missing = { name: "rear", state: "missing", reason: "/dev/video9 is missing; waiting for it" };
  await robot.set({ cameras: [cameras("running")[0], missing] });
  await until(() => document.getElementById("trouble").textContent === "Camera rear: /dev/video9 is missing; waiting for it");
  const { currentTime } = await page.evaluate(() => ({ currentTime: document.getElementById("video").currentTime }));
  await page.waitForFunction((after) => document.getElementById("video").currentTime > after + 0.3, currentTime);
  assert.equal(await isSeen(), false);
  let saved = false;
  page.on("download", () => (saved = true));
  await page.keyboard.press("p");
  await robot.set({ cameras: cameras("running") });
  await until(() => document.getElementById("video").checkVisibility({ visibilityProperty: true }));
  assert.equal(saved, false);
});

test("a robot of which the browser plays no format names its own, and is watched at most", async () => {
  server.answer = async (offer) => {
    const { type, sdp } = await robot.answer(offer, { video: false });
    return { type, sdp: sdp.replace("\r\nm=", "\r\na=x-rtcbot-formats:H264 VP8\r\nm=") };
  };
  await openFree();
  await until(() => document.getElementById("headline").textContent === "No video that this browser can play");
  await until(() => /H[.]264 or VP8/.test(document.getElementById("detail").textContent) && document.getElementById("act").hidden);
  await page.keyboard.press("e");
  await page.keyboard.press("Space");
  await title("Emergency stop");
  assert.deepEqual(await robot.page.evaluate(() => window.driven.requests), ["stop"]);
});

test("a phone can put the page on its home screen, from where it opens this robot without the browser's bars", async () => {
  await openFree();
  const session = await page.context().newCDPSession(page);
  const { errors, manifest } = await session.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.equal(manifest.startUrl, `${server.url}/rover`);
  assert.match(manifest.display, /^k?fullscreen$/i);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // What a context of a test cannot have.
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
});

test("a finger on the stick drives, and its end is neutral", async () => {
  await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await openFree();
  await page.tap("#act");
  await title("You're driving");
  const { x, y, width } = await page.locator("#stick").boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await touch("touchStart", [{ x: x + width / 2, y: y + width / 2 }]);
  await touch("touchMove", [{ x: x + width / 2, y: y - 20 }]);
  await commanded([0, 1]);
  await touch("touchCancel", []);
  await commanded([0, 0]);
});
