// Faults of RTCBot's tutorial robot: one shot only (R1), deaf after trouble (R2, R3), late to notice (R4, R5), losing its
// last word (R8) or its camera in silence (R9).
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { freshFrames, launch, launchKillable } from "../lib/browser.mjs";
import { assertRefused, markOf, offer, post } from "../lib/offers.mjs";
import { PATIENCE, Program, Robot, eventually, freePort, startServer, withAll } from "../lib/programs.mjs";
import { connected, exampleServer, robotsOf, watch } from "./support/parts.mjs";

test("R1 a robot serves one viewer after the other, and several at once, from one start", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  for (let i = 0; i < 3; i++) await (await watch(browser, server)).close();
  await Promise.all([watch(browser, server), watch(browser, server)]);
  const stats = await robot.statsWhere("two viewers", (s) => connected(s) === 2);
  // A page on a busy machine may take a slow answer for none, ask once more, and want no answer to the first any more.
  assert.ok(stats.offers >= 5 && stats.offers <= 8, `${stats.offers} offers`);
  assert.ok(stats.answers >= 5 && stats.answers <= stats.offers, `${stats.answers} answers`);
  assert.equal(stats.dials, 1);
}));

test("R2 a robot whose server is not there yet dials until it is", () => withAll(async (add) => {
  const port = await freePort();
  const robot = add(new Robot(port));
  await robot.statsWhere("a third try", (stats) => stats.dials >= 3 && !stats.online);
  const server = add(await startServer([], { port }));
  await robot.online();
  const browser = add(await launch());
  await watch(browser, server);
}));

test("R3 a robot that was given offers it cannot use refuses them at once and hears the next", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const good = offer("a").sdp;
  const bad = [
    good,  // well formed, and no way to reach its maker: to be answered, and forgotten when nobody comes
    good.replace("webrtc-datachannel", "no-such-thing"),
    good.replace(/a=fingerprint.*\r\n/, "a=fingerprint:sha-256 GG:XX\r\n"),
    good.replace("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=video 9 UDP/TLS/RTP/SAVPF 96")
      .replace("a=sctp-port:5000", "a=rtpmap:96 NOSUCHCODEC/90000"),
    good.replace("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=video 9 RTP/AVP 96"),
    good.replace("a=mid:0", "a=mid:0\r\na=candidate:not a candidate at all"),
  ];
  for (const sdp of bad) {
    const response = await post(`${server.url}/connect`, { type: "offer", sdp });
    if (response.status !== 200) assertRefused(response, 400, "bad_offer");
    assert.ok(response.ms < 8_000, `${response.ms} ms for ${sdp}`);
  }
  const browser = add(await launch());
  await watch(browser, server);
  assert.equal(robot.exit, null);
}));

test("R3 on the tutorial's server a bad offer costs that browser its answer, not the robot its ears", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = add(new Robot(server.port));
  await robot.online();
  for (const body of ["{}", "[1]", "\"text\"", "null", { type: "offer", sdp: "junk" }]) {
    const response = await post(`${server.url}/connect`, body);
    assert.equal(response.json.error, "bad_offer", JSON.stringify(response.json));
    assert.ok(response.ms < 8_000, `${response.ms} ms for ${JSON.stringify(body)}`);
  }
  const browser = add(await launch());
  await watch(browser, server);
}));

test("R3 the tutorial's robot ends with a sentence when it is given a bad offer", () => withAll(async (add) => {
  const server = await exampleServer(add);
  const robot = add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
  const refused = await eventually("the robot's end to be told", async () => {
    const response = await post(`${server.url}/connect`, { type: "offer", sdp: "junk" });
    return response.json.error !== "no_robot" && response;
  });
  assertRefused(refused, 502, "robot_left");
  const late = setTimeout(() => robot.signal("SIGKILL"), PATIENCE);
  const exit = await robot.ended;
  clearTimeout(late);
  assert.equal(exit.code, 1, robot.log());
  assert.match(robot.log(), /robot: .*\w+ \w+/);
}));

test("R4 a killed browser is noticed within seconds: nothing is encoded for nobody, and the viewer is forgotten", () =>
  withAll(async (add) => {
    const server = add(await startServer());
    const robot = add(new Robot(server.port));
    await robot.online();
    const browser = add(await launchKillable());
    await watch(browser, server);
    await robot.statsWhere("the viewer", (s) => connected(s) === 1 && s.camera.viewers === 1);
    await browser.kill();
    const killed = performance.now();
    const idle = await robot.statsWhere("the encoder to rest", (s) => s.camera.viewers === 0, 9_000);
    const gone = await robot.statsWhere("the viewer to be forgotten", (s) => s.viewers.length === 0, 20_000);
    assert.ok(performance.now() - killed < 20_000);
    assert.ok(gone.camera.frames_encoded - idle.camera.frames_encoded <= 1,
      `${gone.camera.frames_encoded - idle.camera.frames_encoded} frames encoded for nobody`);
  }));

test("R5 a killed robot is noticed by rtcbot.js in seconds, and the page comes back when the robot does", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await watch(browser, server);
  const bare = await barePage(browser, server);
  await dial(bare);
  await bare.evaluate(() => {
    window.states = [];
    window.conn.onStateChange((state) => window.states.push(state));
  });
  await robot.statsWhere("pictures for both", (s) => s.viewers.length === 2 && s.viewers.every((v) => v.frames_sent > 30));
  await robot.kill();
  const limit = 7_000;  // 3 s on a machine of one's own; Chromium by itself says nothing for 7.5 s
  await Promise.all([
    bare.waitForFunction(() => window.states.includes("interrupted"), null, { timeout: limit }),
    page.waitForFunction(() => document.body.dataset.state === "interrupted", null, { timeout: limit }),
  ]);
  assert.match(await page.textContent("#note"), /picture \d+ s old/);
  add(new Robot(server.port));
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: PATIENCE });
  await freshFrames(page, 10);
}));

test("R8 the tutorial's robot answers although it closes right after", () => withAll(async (add) => {
  const server = add(await startServer());
  for (let i = 0; i < 3; i++) {
    const robot = add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
    const answered = await eventually("an answer", async () => {
      const response = await post(`${server.url}/connect`, offer(`offer${i}`));
      return response.json.error !== "no_robot" && response;
    });
    assert.equal(answered.status, 200, JSON.stringify(answered.json));
    assert.match(answered.json.sdp, /a=setup:active/);
    assert.equal(answered.json.type, "answer");
    assert.notEqual(markOf(answered.json), undefined);
    await robot.line(/Started WebRTC/);
    await eventually("the socket's end", async () => (await post(`${server.url}/connect`, "{}")).json.error === "no_robot");
  }
}));

test("R9 a camera that ends is told, opened again, and its viewers stay", () => withAll(async (add) => {
  const server = add(await startServer());
  const camera = "gst:videotestsrc is-live=true num-buffers=120 ! video/x-raw,width=640,height=480,framerate=30/1";
  const robot = add(new Robot(server.port, [], { camera }));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await robot.statsWhere("the viewer", (s) => connected(s) === 1);
  await robot.line(/camera: failed: \w+ .*\w+/);
  const again = await robot.statsWhere("it to run again", (s) => s.camera.reopened >= 1 && s.camera.state === "running");
  const shown = await page.evaluate(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames);
  await page.waitForFunction((before) =>
    document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames > before + 10, shown, { timeout: PATIENCE });
  await robot.statsWhere("more pictures", (s) => s.camera.frames_captured > again.camera.frames_captured + 10);
  const last = robot.stats();
  assert.deepEqual([last.offers, last.viewers.length, robot.exit], [1, 1, null], "the same viewer on the same connection");
}));

test("R9 a camera that is plugged in later is picked up, and the page says until then that there is none", () => withAll(async (add) => {
  const folder = mkdtempSync(`${tmpdir()}/rtcbot-cameras-`);
  add({ stop: () => rmSync(folder, { recursive: true }) });
  const list = `${folder}/cameras`;
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--drive", "none"], { camera: "auto", env: { RTCBOT_CAMERA_LIST: list } }));
  await robot.online();
  await robot.line(/no camera was found; the test picture is shown until one is plugged in/);
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await robot.statsWhere("the test picture", (s) => connected(s) === 1 && s.camera.state === "missing" && s.camera.source === "test");
  const trouble = (text) => page.waitForFunction((wanted) => document.getElementById("trouble").textContent === wanted, text,
    { timeout: PATIENCE });
  await trouble("Camera camera (none found, test picture)");
  await eventually("the list of robots to say so", async () => (await robotsOf(server))[0]?.camera === "missing");

  writeFileSync(list, "gst:videotestsrc is-live=true pattern=white ! video/x-raw,width=640,height=480,framerate=30/1\n");
  await robot.line(/camera found: gst:videotestsrc/);
  await robot.statsWhere("the camera", (s) => s.camera.state === "running" && s.camera.source.startsWith("gst:"));
  await page.waitForFunction(() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.drawImage(document.querySelector("video"), 0, 240, 640, 240, 0, 0, 1, 1);
    return Math.min(...context.getImageData(0, 0, 1, 1).data) > 230;
  }, null, { timeout: PATIENCE });
  await trouble("");
  const last = robot.stats();
  assert.deepEqual([last.offers, last.camera.reopened], [1, 0], "the same viewer on the same connection");
}));

const MISSING = "/dev/rtcbot-has-no-such-camera";

test("R9 a robot whose only camera is missing serves, and log, list and page say for what it waits", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--drive", "none"], { camera: `front=${MISSING}` }));
  await robot.online();
  await robot.line(new RegExp(`camera front: ${MISSING} is missing; waiting for it`));
  await eventually("the list to say so", async () => (await robotsOf(server))[0]?.camera === "missing");
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  const said = `Camera front: ${MISSING} is missing; waiting for it`;
  await page.waitForFunction((wanted) => ["trouble", "detail"].every((id) => document.getElementById(id).textContent === wanted), said,
    { timeout: PATIENCE });
  const stats = await robot.statsWhere("the viewer", (s) => connected(s) === 1);
  assert.deepEqual([stats.camera.frames_captured, stats.camera.state, robot.exit], [0, "missing", null]);
}));

test("R9 a robot shows its other camera while one is missing", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--camera", "front=test", "--camera", `rear=${MISSING}`], { camera: null }));
  await robot.online();
  const browser = add(await launch());
  const page = await watch(browser, server);
  await page.keyboard.press("c");
  await page.waitForFunction((wanted) => document.getElementById("trouble").textContent === wanted,
    `Camera rear: ${MISSING} is missing; waiting for it`, { timeout: PATIENCE });
}));

test("R9 a robot of two cameras ends cleanly while a viewer is connected", () => withAll(async (add) => {
  const server = add(await startServer());
  const browser = add(await launch());
  for (let i = 0; i < 5; i++) {
    const robot = add(new Robot(server.port, ["--camera", "front=test", "--camera", `rear=${MISSING}`], { camera: null }));
    await robot.online();
    const page = await watch(browser, server);
    assert.deepEqual(await robot.stop(), { code: 0, signal: null }, robot.log());
    await page.close();
  }
}));

test("a camera of no known form is refused at once", async () => {
  for (const word of ["/video0", "video0", "libcam", "front=webcam", "push", "front.cam=/dev/video0"]) {
    const robot = new Program("rtcbot-robot", ["--camera", word]);
    assert.equal((await robot.exits()).code, 2, robot.log());
    assert.match(robot.log(), /is not a camera|is not the name of a camera|only for programs/);
    assert.doesNotMatch(robot.log(), / or push/);
  }
});

test("R9 a camera that cannot be opened is told with a reason, and the robot lives and serves", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, [], { camera: "gst:filesrc location=/nowhere/at/all ! decodebin" }));
  await robot.online();
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/`);
  await robot.line(/camera: failed: .*nowhere/);
  await robot.statsWhere("another try", (s) => s.camera.reopened >= 1 || s.camera.state === "failed");
  await eventually("the list to tell", async () =>
    (await robotsOf(server))[0]?.camera.includes("failed"));
  await page.waitForFunction(() => document.querySelector("#detail").textContent === "The robot's camera is out of order.", null,
    { timeout: PATIENCE });
  const stats = await robot.statsWhere("the viewer", (s) => connected(s) === 1);
  assert.equal(stats.camera.frames_captured, 0);
  assert.equal(robot.exit, null);
}));
