// What goes wrong at a driver's hands, in real Chromium: keys that something else takes, welcomes that come late, values that end, browsers
// that tell less; and what a screen reader stands on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { commanded, drive, openFree, openPage, page, robot, robotIs, server, title, until } from "./support/console_stage.mjs";

const text = (id) => page.evaluate((which) => document.getElementById(which).textContent, id);
const focused = () => page.evaluate(() => document.activeElement.id);

test("a key that comes up in a text field is up, and a field that is clicked lets go of it before", async () => {
  await drive();
  await page.keyboard.press("i");
  await page.keyboard.down("w");
  await commanded([0, 1]);
  await page.click("#self");
  await commanded([0, 0]);
  await page.keyboard.up("w");
  await page.keyboard.type("wasd");
  await commanded([0, 0]);
  assert.equal(await page.inputValue("#self"), "wasd");
});

test("who holds to talk and lets go in a text field talks no more", async () => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
  });
  await drive({ audio: { listen: false, talk: true } });
  await page.keyboard.press("i");
  await page.keyboard.down("m");
  await until(() => document.body.dataset.microphone === "on");
  await page.click("#self");
  await page.waitForTimeout(400); // A short press would switch.
  await page.keyboard.up("m");
  await until(() => document.body.dataset.microphone === "off");
});

test("E takes the controls and never gives them up", async () => {
  await drive();
  await page.keyboard.down("w");
  await page.keyboard.press("e");
  await page.keyboard.up("w");
  await page.keyboard.press("e");
  await page.keyboard.press("w");
  assert.deepEqual(await robot.page.evaluate(() => window.driven.requests), ["take"]);
  await page.waitForTimeout(500); // A press of its own.
  await page.click("#act");
  await title("No one is driving");
});

test("a list that is stepped through by keys keeps them, one that was clicked gives them back; no shortcut goes off in it", async () => {
  const cameras = ["front", "rear", "roof"].map((name) => ({ name, state: "running" }));
  await drive({ cameras, camera: "front" });
  await page.focus("#camera");
  await page.keyboard.press("ArrowDown");
  await robotIs(() => window.driven.camera === "rear");
  assert.equal(await focused(), "camera");
  await page.keyboard.press("ArrowDown");
  await robotIs(() => window.driven.camera === "roof");
  await page.keyboard.press("i");
  assert.equal(await page.isHidden("#panel"), true);
  await page.evaluate(() => {
    const list = document.getElementById("camera");
    list.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    list.value = "front";
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await robotIs(() => window.driven.camera === "front");
  assert.notEqual(await focused(), "camera");
});

test("a touch screen beside a mouse has a stick, and who drives can neither pull the page nor magnify it", async () => {
  await openPage({ hasTouch: true });
  // The browser of a test has no mouse of its own to tell of: this one is the first pointer, the finger another.
  await page.addInitScript(() => {
    const plain = window.matchMedia.bind(window);
    window.matchMedia = (query) => plain(query === "(pointer: coarse)" ? "not all" : query === "(any-pointer: coarse)" ? "all" : query);
  });
  await openFree();
  const pulls = () => page.evaluate(() => ["html", "main", ".bar", "#panel"].map((each) => getComputedStyle(document.querySelector(each)))
    .map(({ touchAction, overscrollBehaviorY }) => `${touchAction} ${overscrollBehaviorY}`));
  assert.deepEqual((await pulls()).slice(0, 3), ["auto none", "auto auto", "auto auto"]);
  await page.keyboard.press("e");
  await title("You're driving");
  assert.deepEqual(await pulls(), ["auto none", "none auto", "none auto", "pan-y auto"]);
  assert.equal(await page.isVisible("#stick"), true);
});

test("a double click on Drive drives", async () => {
  await openFree();
  await page.click("#act");
  await title("You're driving");
  await page.evaluate(() => document.getElementById("act").dispatchEvent(new MouseEvent("click", { detail: 2, bubbles: true })));
  await commanded([0, 0]);
  assert.deepEqual(await robot.page.evaluate(() => window.driven.requests), ["take"]);
  await page.waitForTimeout(500); // A press of its own.
  await page.click("#act");
  await title("No one is driving");
});

test("who hears nothing of a driven robot is not told for long that it goes", async () => {
  await drive();
  const took = [];
  for (let i = 0; i < 3 && !(Math.min(...took) < 900); i++) { // as a machine may pause in one
    const before = await page.evaluate(() => performance.now());
    await robot.set({ isSilent: true });
    await title("Robot is not responding");
    took.push((await page.evaluate(() => performance.now())) - before);
    await robot.set({ isSilent: false });
    await title("You're driving");
  }
  assert.ok(Math.min(...took) < 900, `${took} ms`);
});

test("the stop button and the space bar stay when a welcome is late, and the stop is said with it", async () => {
  await openFree();
  await robot.set({ isOn: false });
  await robot.page.evaluate(() => window.hangUp());
  await until(() => document.getElementById("banner").hidden);
  assert.equal(await page.isVisible("#stop"), true);
  await until(() => document.body.dataset.state === "live");
  await page.keyboard.press("Space");
  await title("Stopping");
  assert.match(await text("more"), /No answer from the robot yet/);
  await robot.page.evaluate(() => window.driven.welcomeLate());
  await title("Emergency stop");
  assert.ok(await robot.page.evaluate(() => window.driven.stops) > 0);
});

test("a connection that is gone has no rate", async () => {
  await openFree();
  await until(() => /Rate/.test(document.getElementById("tiles").textContent));
  server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
  await robot.page.evaluate(() => window.hangUp());
  await title("Reconnecting");
  await until(() => !/Rate|Frames|Lost/.test(document.getElementById("tiles").textContent));
});

test("the last picture stays when its connection ends between a frame and what follows from it", async () => {
  await page.addInitScript(() => {
    // What is to be done after a frame is done late, as on a busy machine.
    const plain = window.setTimeout.bind(window);
    window.setTimeout = (task, ms) => plain(task, ms ?? 300);
  });
  await openFree();
  await until(() => document.body.dataset.state === "live" && document.getElementById("video").currentTime > 0.5);
  server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
  await robot.page.evaluate(() => window.hangUp());
  await until(() => document.body.dataset.state === "offline");
  await page.waitForTimeout(600);
  const grass = await page.evaluate(() => {
    const still = document.getElementById("still");
    return still.hidden ? [] : [...still.getContext("2d").getImageData(still.width / 16, (still.height * 3) / 4, 1, 1).data];
  });
  assert.ok(grass[1] > 80, `${grass}`);
});

test("a value that is told no more is called old", async () => {
  await openFree({ telemetry: { battery: 12.5 } });
  await until(() => /^battery\s*12.5/.test(document.querySelector("#tiles .own")?.textContent));
  await robot.set({ telemetry: null });
  await until(() => /^battery · old/.test(document.querySelector("#tiles .own").textContent));
  await page.keyboard.press("i");
  await until(() => / · old$/.test(document.getElementById("plot-own-now").textContent) && /old, last/.test(
    document.getElementById("plot-own").getAttribute("aria-label")));
  assert.match(await text("own"), /^battery · old/);
});

test("figures change in place, and a stop is read aloud with who pressed it", async () => {
  await drive({ telemetry: { battery: 12.5 } });
  await page.keyboard.press("i");
  await until(() => document.querySelector("#own dd") && document.querySelector("#overlay dd") && document.querySelector("#tiles .own"));
  await page.evaluate(() => {
    window.__stand = ["#tiles dd", "#tiles .own dd", "#own dd", "#overlay dd"].map((each) => document.querySelector(each));
  });
  await robot.set({ telemetry: { battery: 13.5 } });
  await until(() => /13.5/.test(document.querySelector("#own dd").textContent) && /13.5/.test(document.querySelector("#tiles .own").textContent));
  await page.waitForTimeout(1200); // The figures of the connection are made once a second.
  assert.deepEqual(await page.evaluate(() => window.__stand.map((node) => node.isConnected)), [true, true, true, true]);
  const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann"));
  await robot.set({ stop: { by: ann } });
  await until(() => /^Emergency stop[.] Pressed by Ann[.]/.test(document.querySelector("[role=alert]#alarm").textContent));
  await page.click("#release");
  await until(() => document.querySelector("[role=status]#hold-said").textContent === "Press again");
  await robot.set({ stop: null });
  await until(() => document.getElementById("alarm").textContent === "" && document.getElementById("said").textContent === "You're driving");
});

test("a browser that does not say when a picture was taken counts what it was under way; one that says nothing is told so", async () => {
  await page.addInitScript(() => {
    RTCRtpReceiver.prototype.getSynchronizationSources = () => [];
    const plain = RTCPeerConnection.prototype.getStats;
    RTCPeerConnection.prototype.getStats = async function getStats() {
      const slow = (each) => (each.type === "candidate-pair" ? { ...each, currentRoundTripTime: 3 } : each);
      return new Map([...(await plain.call(this))].map(([id, each]) => [id, slow(each)]));
    };
  });
  await drive();
  await robotIs(() => window.driven.commands.at(-1).p > 1500 && window.driven.commands.at(-1).p < 2500);
  await openPage();
  await page.addInitScript(() => delete HTMLVideoElement.prototype.requestVideoFrameCallback);
  await drive({ why: "" });
  await robotIs(() => window.driven.commands.at(-1).p === null);
  await robot.set({ why: "picture" });
  await title("The video's delay is unknown");
});
