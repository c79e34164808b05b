// Sound and rights: who may only watch may listen, and is never played.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepPeers, launch } from "../lib/browser.mjs";
import { DRIVEN } from "../lib/driven.mjs";
import { Robot, eventually, withAll } from "../lib/programs.mjs";
import { Credentials } from "./support/credentials.mjs";

test("a watcher hears the robot, has no Talk button, and is not played whatever its page sends", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const robot = add(new Robot(server.port, [...DRIVEN, "--microphone", "test", "--speaker", "test"],
    { path: "/rover", env: { RTCBOT_TOKEN: credentials.token("robot") } }));
  await robot.online();
  const browser = add(await launch({ flags: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] }));
  const page = await (await browser.newContext({ permissions: ["microphone"] })).newPage();
  await keepPeers(page);
  await page.goto(credentials.token("watch", ["*"], ["--link", server.url]));
  await page.waitForURL(`${server.url}/`);
  await page.goto(`${server.url}/rover`);
  await page.locator("#listen").click();
  const { audio } = await robot.statsWhere("the microphone to be open", (stats) => stats.audio.microphone.listeners === 1);
  assert.equal(audio.speaker.voices, 0);
  assert.equal(await page.locator("#talk").isVisible(), false);
  // A page that does not keep to the rules: it sends all the same, as far as the robot's answer lets it.
  const direction = await page.evaluate(async () => {
    const peer = window.__peers.at(-1);
    const way = peer.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await way.sender.replaceTrack(stream.getAudioTracks()[0]);
    return way.currentDirection;
  });
  assert.equal(direction, "recvonly", "the robot declines to hear it");
  await eventually("the page to hear a second of the robot", () => page.evaluate(async () => {
    const report = await window.__peers.at(-1).getStats();
    return [...report.values()].some((each) => each.type === "inbound-rtp" && each.kind === "audio" && each.totalAudioEnergy > 0.01);
  }));
  const stats = await robot.statsWhere("figures", () => true);
  assert.equal(stats.audio.speaker.blocks, 0);
  assert.equal(stats.viewers[0].audio_blocks_received, 0);
}));
