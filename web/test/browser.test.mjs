// rtcbot.js in real Chromium. The robot is a page of a second browser; nothing else is needed.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { readStamp, stampAge } from "../test-support/stamp.js";
import { FakeRobot, ROBOT_FLAGS, Server, launch } from "./support/harness.mjs";

const LIMIT = { timeout: 60000 };
const TEST = { timeout: 180000 };
let browser, robotBrowser, server, robot, page;

before(async () => {
  [browser, robotBrowser] = await Promise.all([launch(), launch(ROBOT_FLAGS)]);
});

after(() => Promise.all([browser.close(), robotBrowser.close()]));

beforeEach(async () => {
  server = await new Server().start();
  robot = await FakeRobot.start(robotBrowser);
  server.answer = (offer) => robot.answer(offer);
  page = await (await browser.newContext()).newPage();
});

afterEach(async () => {
  await page.context().close();
  await robot.stop();
  await server.stop();
});

/** Waits until `condition` holds in the page. */
const until = (condition, argument) => page.waitForFunction(condition, argument, LIMIT);

/** What the stamp in the page's video says, as soon as a frame shows one. */
async function stampShown() {
  const handle = await until((source) => {
    const video = document.querySelector("video");
    if (!video || !video.videoWidth) return false;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = 16;
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    // The robot may send a smaller picture for a start.
    const stamp = new Function(`return (${source})`)()(context.getImageData(0, 0, canvas.width, 16), video.videoWidth / 640);
    // All black is an element that knows its size already and has no picture yet.
    return stamp === null || stamp === 0 ? false : { stamp, now: Date.now() };
  }, readStamp.toString());
  return handle.jsonValue();
}

test("the tutorial's page, unchanged, shows the robot's own picture", TEST, async () => {
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(`${server.url}/tutorial`);
  const { stamp, now } = await stampShown();
  const age = stampAge(stamp, now);
  assert.ok(age >= 0 && age < 5000, `the picture is ${age} ms old`);
  await page.waitForFunction(() => document.querySelector("video").currentTime > 0.5, null, LIMIT);
  assert.ok(said.includes("Ready!"), said.join());
});

test("the tutorial's page is told in a sentence why there is no robot", TEST, async () => {
  const failed = page.waitForEvent("pageerror", LIMIT);
  server.answer = async () => ({ status: 503, body: { error: "no_robot", message: "Start a robot." } });
  await page.goto(`${server.url}/tutorial`);
  const error = await failed;
  assert.deepEqual([error.name, error.message], ["RTCBotError", "Start a robot."]);
});

/** Connects by RTCConnection as `window.conn`. */
async function connectByHand() {
  await page.goto(`${server.url}/blank`);
  return page.evaluate(async () => {
    const conn = (window.conn = new rtcbot.RTCConnection());
    window.got = [];
    window.states = [];
    conn.onStateChange((state) => window.states.push([performance.now(), state]));
    conn.subscribe((text) => window.got.push(text));
    conn.video.subscribe((stream) => (document.querySelector("video").srcObject = stream));
    conn.put_nowait("early");
    const start = performance.now();
    const offer = await conn.getLocalDescription();
    const took = performance.now() - start;
    const response = await fetch("/connect", { method: "POST", body: JSON.stringify(offer) });
    await conn.setRemoteDescription(await response.json());
    await conn.onReady();
    return { took, sdp: offer.sdp };
  });
}

test("messages go both ways, from before the connection on, as raw strings", TEST, async () => {
  await connectByHand();
  await page.evaluate(() => window.conn.put_nowait({ speed: 0.5 }));
  await until(() => window.got.length === 2);
  assert.deepEqual(await page.evaluate(() => window.got), ["early", '{"speed":0.5}']);
});

test("the offer names video and data, no audio, and goes before gathering is complete", TEST, async () => {
  const { sdp } = await connectByHand();
  assert.deepEqual(sdp.match(/^m=\w+/gm), ["m=video", "m=application"]);
  assert.match(sdp, /a=recvonly/);
  assert.match(sdp, /a=candidate:/);
  assert.doesNotMatch(sdp, /end-of-candidates/);
});

test("a STUN server that never answers holds the offer up for two seconds only", TEST, async () => {
  const silent = createSocket("udp4");
  await new Promise((resolve) => silent.bind(0, "127.0.0.1", () => resolve(undefined)));
  let asked = 0;
  silent.on("message", () => asked++);
  try {
    await page.goto(`${server.url}/blank`);
    const took = await page.evaluate(async (port) => {
      const conn = new rtcbot.RTCConnection(true, { iceServers: [{ urls: [`stun:127.0.0.1:${port}`] }] });
      const start = performance.now();
      await conn.getLocalDescription();
      return performance.now() - start;
    }, silent.address().port);
    assert.ok(took < 7000, `${took} ms`);
  } finally {
    silent.close();
  }
});

test("with relays only and a silent TURN server, it fails with gathering_failed", TEST, async () => {
  await page.goto(`${server.url}/blank`);
  const reason = await page.evaluate(() => {
    const iceServers = [{ urls: ["turn:127.0.0.1:9"], username: "u", credential: "c" }];
    return new rtcbot.RTCConnection(true, { iceServers, iceTransportPolicy: "relay" }).getLocalDescription().catch((error) => error.reason);
  });
  assert.equal(reason, "gathering_failed");
});

test("an answer that leads nowhere is connect_failed, and one that is none is bad_answer", TEST, async () => {
  server.answer = async (offer) => {
    const answer = await robot.answer(offer);
    await robot.page.evaluate(() => window.hangUp());
    return answer;
  };
  await page.goto(`${server.url}/blank`);
  const reasons = await page.evaluate(async () => {
    const nowhere = new rtcbot.RTCConnection(true, {}, { connectTimeout: 500 });
    const offer = await nowhere.getLocalDescription();
    const response = await fetch("/connect", { method: "POST", body: JSON.stringify(offer) });
    await nowhere.setRemoteDescription(await response.json());
    const nonsense = new rtcbot.RTCConnection();
    await nonsense.getLocalDescription();
    const reason = (/** @type {any} */ error) => error.reason;
    return [await nowhere.onReady().catch(reason), await nonsense.setRemoteDescription({ type: "answer", sdp: "x" }).catch(reason)];
  });
  assert.deepEqual(reasons, ["connect_failed", "bad_answer"]);
});

test("a robot killed without a goodbye is an interruption within two seconds", TEST, async () => {
  await connectByHand();
  await until(() => document.querySelector("video").currentTime > 1.5);
  await page.evaluate(() => {
    const video = document.querySelector("video");
    const onFrame = (now) => {
      window.lastFrame = now;
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  });
  await until(() => window.lastFrame > 0);
  await robot.kill();
  await until(() => window.conn.state === "interrupted");
  const late = await page.evaluate(() => window.states.at(-1)[0] - window.lastFrame);
  assert.ok(late < 5000, `${late} ms after the last frame`);
});

test("a reload ends the connection at the robot at once", TEST, async () => {
  await connectByHand();
  await until(() => window.got.length === 1);
  const before = Date.now();
  await page.reload();
  await robot.page.waitForFunction(() => window.endings.length === 1, null, LIMIT);
  const noticed = await robot.page.evaluate(() => window.endings[0].at);
  assert.ok(noticed - before < 4500, `${noticed - before} ms`);
});

test("a link survives a killed robot and a restarted server, by itself", TEST, async () => {
  await page.goto(`${server.url}/blank`);
  await page.evaluate(() => (window.link = rtcbot.connect({ video: document.querySelector("video") })));
  await stampShown();
  await robot.kill();
  const { port } = server;
  await server.stop();
  await until(() => window.link.error?.reason === "network");
  server = await new Server().start(port);
  await until(() => window.link.error?.reason === "no_robot");
  robot = await FakeRobot.start(robotBrowser);
  const back = Date.now();
  server.answer = (offer) => robot.answer(offer);
  await until((since) => window.link.state === "live" && Date.now() > since, back);
  await until((since) => document.querySelector("video").currentTime > since, await page.evaluate(() => document.querySelector("video").currentTime));
});

test("the ES module has the same names as the script", TEST, async () => {
  await page.goto(`${server.url}/blank`);
  const [script, module] = await page.evaluate(async () => [
    Object.keys(window.rtcbot).sort(), Object.keys(await import(/** @type {any} */ ("/rtcbot.mjs"))).sort(),
  ]);
  assert.deepEqual(module, script);
  for (const name of ["RTCConnection", "Websocket", "Keyboard", "Gamepad", "setGamepadRate", "Queue"]) assert.ok(script.includes(name), name);
});

test("the server's rtcbotDefaults are what a connection uses", TEST, async () => {
  server.pages.set("/given", ["text/html",
    "<script>var rtcbotDefaults = {iceServers: [{urls: ['stun:192.0.2.1']}]};</script><script src=/rtcbot.js></script>"]);
  await page.goto(`${server.url}/given`);
  assert.deepEqual(await page.evaluate(() => new rtcbot.RTCConnection()._rtc.getConfiguration().iceServers[0].urls), ["stun:192.0.2.1"]);
});

test("the robot's page goes live, and shows its figures on I", TEST, async () => {
  await page.goto(`${server.url}/rover`);
  await until(() => document.body.dataset.state === "live");
  assert.equal(await page.title(), "rover");
  await page.keyboard.press("i");
  await until(() => /Size\s*\d+ × \d+/.test(document.getElementById("overlay").textContent));
  await until(() => document.getElementById("status").textContent === "Live");
});

test("the robot's page keeps the last picture, with the server's sentence, when the robot is gone", TEST, async () => {
  await page.goto(`${server.url}/`);
  await until(() => document.body.dataset.state === "live" && document.getElementById("video").currentTime > 0.5);
  server.answer = async () => ({ status: 503, body: { error: "no_robot", message: "Start a robot." } });
  await robot.page.evaluate(() => window.hangUp());
  await until(() => document.getElementById("detail").textContent === "Start a robot.");
  const grass = await page.evaluate(() => {
    const still = document.getElementById("still");
    return still.hidden ? null : [...still.getContext("2d").getImageData(still.width / 16, (still.height * 3) / 4, 1, 1).data];
  });
  assert.ok(grass && grass[1] > 80, `${grass}`);
});
