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
  await until(() => document.getElementById("title").textContent === "You drive" && document.getElementById("input").textContent !== "");
  await hold(-1);
  await commanded([0, 1]);
  await until(() => document.getElementById("input").textContent === "Gamepad: Test pad");
  await page.evaluate(() => (window.__pads = [null]));
  await commanded([0, 0]);
  await hold(-1);
  await title("Let go of the controls");
  await commanded([0, 0]);
  await hold(0.02);
  await title("You drive");
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
  await title("Nobody drives");
  const later = await robot.page.evaluate(() => window.driven.stops);
  assert.ok(later <= stops + 2, "it has ended");
});

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
      await page.dblclick("#release");
      await until(() => /again/.test(document.getElementById("release").textContent));
      assert.notEqual(await robot.page.evaluate(() => window.driven.stop), null);
      await page.waitForTimeout(400);
      await page.click("#release");
    },
  ]) {
    await page.click("#stop");
    await title("Emergency stop");
    await release();
    await title("You drive");
  }
});

test("controls are asked for, handed over and taken back by hand; after a reconnect nobody drives by itself", async () => {
  await drive({});
  const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann"));
  await robot.set({ asking: ann });
  await until(() => document.getElementById("ask").hidden === false && document.getElementById("asker").textContent === "Ann");
  await page.click("#grant");
  await title("Ann drives");
  await page.click("#act");
  await until(() => /You have asked Ann/.test(document.getElementById("more").textContent));
  await robot.set({ driver: null, asking: null });
  await title("Nobody drives");
  await page.click("#act");
  await title("You drive");
  await robot.page.evaluate(() => window.hangUp());
  await title("Reconnecting");
  await title("Press Drive to go on");
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

test("a finger on the stick drives, and its end is neutral", async () => {
  await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await openFree();
  await page.tap("#act");
  await title("You drive");
  const { x, y, width } = await page.locator("#stick").boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await touch("touchStart", [{ x: x + width / 2, y: y + width / 2 }]);
  await touch("touchMove", [{ x: x + width / 2, y: y - 20 }]);
  await commanded([0, 1]);
  await touch("touchCancel", []);
  await commanded([0, 0]);
});
