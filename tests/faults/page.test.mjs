// Faults of RTCBot's browser side: waiting half a minute for a silent STUN server (B1), saying nothing (B2), not playing (B4).
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { barePage } from "../lib/bare_page.mjs";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { PATIENCE, Robot, root, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";

/** A STUN server behind a firewall: what is sent to it is lost. */
function silentStun() {
  const socket = createSocket("udp4");
  socket.heard = 0;
  socket.on("message", () => socket.heard++);
  socket.stop = () => new Promise((resolve) => socket.close(resolve));
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
}

test("B1 a silent STUN server does not hold a viewer up", () => withAll(async (add) => {
  const stun = add(await silentStun());
  const server = add(await startServer(["--stun", `stun:127.0.0.1:${stun.address().port}`]));
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const bare = await barePage(browser, server);
  await bare.evaluate((urls) => {
    window.patient = new RTCPeerConnection({ iceServers: [{ urls }] });
    window.patient.createDataChannel("any");
    return window.patient.setLocalDescription();
  }, `stun:127.0.0.1:${stun.address().port}`);
  const page = await browser.newPage();
  const from = performance.now();
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 1);
  const took = performance.now() - from;
  // The trap is set: who waits for the browser's own end of gathering, as RTCBot does, waits still.
  assert.equal(await bare.evaluate(() => window.patient.iceGatheringState), "gathering");
  assert.ok(stun.heard > 0, "the silent server was asked");
  assert.ok(took < 9_000, `${took} ms to the first picture`);
}));

test("B2 the page says why there is no picture", () => withAll(async (add) => {
  const server = add(await startServer(["--robot-timeout", "2000"]));
  const browser = add(await launch());
  const page = await browser.newPage();
  const headline = async (pattern) => {
    await page.waitForFunction((source) => new RegExp(source, "i").test(document.querySelector("#headline").textContent),
      pattern.source, { timeout: PATIENCE, polling: 20 });
    assert.match(await page.textContent("#detail"), /\w+ \w+ \w+/, "and a sentence");
  };
  await page.goto(`${server.url}/`);
  await headline(/no robot|robot offline/);
  const deaf = add(await RawSocket.dial(server.port));
  await headline(/does not answer|robot offline/); // the server closes one that does not
  deaf.stop();
  for (let i = 0; i < 2; i++) {
    const liar = add(await RawSocket.dial(server.port));
    await liar.message();
    liar.send("nonsense");
  }
  await headline(/disconnected|no robot|robot offline/);
  const rude = add(await RawSocket.dial(server.port));
  rude.onText = () => rude.send({ error: "busy", message: "Somebody else drives me just now." });
  await headline(/busy/);
  assert.match(await page.textContent("#detail"), /Somebody else drives me/);
  await server.kill();
  await headline(/server cannot be reached/);
  assert.match(await page.textContent("#soon"), /next try in|trying now/);
}));

test("B2 a page of one's own is told why, as an error with a reason", () => withAll(async (add) => {
  const server = add(await startServer());
  const browser = add(await launch());
  const page = await barePage(browser, server);
  const told = await page.evaluate(async () => {
    const conn = new window.rtcbot.RTCConnection();
    const failed = new Promise((resolve) => conn.onError(resolve));
    conn.video.subscribe(() => {});
    const offered = await conn.getLocalDescription();
    const response = await fetch("/connect", { method: "POST", body: JSON.stringify(offered) });
    const thrown = await conn.setRemoteDescription(await response.json()).catch((error) => error);
    const error = await failed;
    return { reason: error.reason, message: error.message, same: thrown === error, state: conn.state };
  });
  assert.deepEqual([told.reason, told.same, told.state], ["no_robot", true, "failed"]);
  assert.match(told.message, /rtcbot-robot --server/);
}));

test("B4 pages play without a click, where the browser forbids sound without one", () => withAll(async (add) => {
  const server = add(await startServer());
  const tutorial = add(await startServer(["--page", `${root}examples/tutorial.html`]));
  const browser = add(await launch({ autoplay: false, flags: ["--autoplay-policy=document-user-activation-required"] }));
  for (const { port, url } of [server, tutorial]) {
    const robot = add(new Robot(port));
    await robot.online();
    const page = await browser.newPage();
    await page.goto(`${url}/`);
    await watchFrames(page);
    await freshFrames(page, 10);
    assert.equal(await page.evaluate(() => document.querySelector("video").paused), false);
  }
}));
