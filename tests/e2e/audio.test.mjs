// Sound between a real Chromium and the real robot: off until wanted, both ways, and never a watcher's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, keepPeers, launch, watchFrames } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../lib/driven.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";

const BROWSER = { flags: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] };
const SOUND = ["--microphone", "test", "--speaker", "test"];

async function site(add, flags = SOUND) {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, ...flags]));
  await robot.online();
  return { server, robot, browser: add(await launch(BROWSER)) };
}

async function openPage(browser, server) {
  const page = await (await browser.newContext({ permissions: ["microphone"] })).newPage();
  await keepPeers(page);
  await page.goto(server.url);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  return page;
}

/** The robot's figures as soon as its sound is so. */
const soundOf = (robot, test, what) => robot.statsWhere(what, ({ audio }) => test(audio));

/** What the page has received and sent of sound: bytes, and the energy of what it heard. */
const soundAt = (page) => page.evaluate(async () => {
  const sum = { received: 0, sent: 0, energy: 0 };
  for (const peer of window.__peers) {
    for (const each of (await peer.getStats()).values()) {
      if (each.kind !== "audio") continue;
      if (each.type === "inbound-rtp") {
        sum.received += each.bytesReceived;
        sum.energy += each.totalAudioEnergy ?? 0;
      }
      if (each.type === "outbound-rtp") sum.sent += each.bytesSent;
    }
  }
  return sum;
});

test("nothing is sent or captured before it is wanted; then the page hears the robot, and stops hearing it", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openPage(browser, server);
  await page.locator("#listen").waitFor();
  await page.locator("#talk").waitFor();
  await watchFrames(page);
  await eventually("a second of pictures", async () => (await frames(page)).length > 30);
  assert.deepEqual(await soundAt(page), { received: 0, sent: 0, energy: 0 });
  assert.equal(robot.stats().audio.microphone.running, false);
  assert.equal(robot.stats().audio.speaker.running, false);

  await page.locator("#listen").click();
  await eventually("the tone to be heard", async () => (await soundAt(page)).energy > 0.01);
  assert.equal((await soundAt(page)).sent, 0);
  assert.ok(await page.evaluate(() => document.getElementById("sound").srcObject.active));

  await page.locator("#listen").click();
  await soundOf(robot, ({ microphone }) => !microphone.running && microphone.listeners === 0, "the microphone to be closed");
  const { received } = await soundAt(page);
  const shown = (await frames(page)).length;
  await eventually("a second of pictures", async () => (await frames(page)).length > shown + 30);
  assert.ok((await soundAt(page)).received - received < 1000, "silence after the last packets on their way");
}));

test("the robot's speaker plays what the page says while Talk is held, and the page shows that its microphone is on", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openPage(browser, server);
  await page.locator("#talk").waitFor();
  await page.keyboard.down("m");
  await page.locator("#mic").waitFor();
  const { viewers } = await soundOf(robot, ({ speaker }) => speaker.loudest_db > -40 && speaker.blocks > 50, "the page to be heard");
  assert.ok(viewers[0].audio_blocks_received > 50);
  await page.keyboard.up("m");
  await page.locator("#mic").waitFor({ state: "hidden" });
  await soundOf(robot, ({ speaker }) => !speaker.running && speaker.voices === 0, "the speaker to be closed");
  const before = (await soundAt(page)).sent;
  // A short press begins, and whoever looks elsewhere has ended it.
  await shortPress(page);
  await soundOf(robot, ({ speaker }) => speaker.voices === 1, "the speaker to be opened");
  await eventually("sound to be sent", async () => (await soundAt(page)).sent > before);
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await page.locator("#mic").waitFor({ state: "hidden" });
  await soundOf(robot, ({ speaker }) => speaker.voices === 0, "the speaker to be closed");
}));

test("a robot that came back is listened to again without a click", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openPage(browser, server);
  await page.locator("#listen").click();
  await eventually("the tone to be heard", async () => (await soundAt(page)).energy > 0.01);
  await robot.kill();
  const second = add(new DrivenRobot(server.port, [...DRIVEN, ...SOUND]));
  await second.online();
  await soundOf(second, ({ microphone }) => microphone.running && microphone.listeners === 1, "the second one to be asked");
  await eventually("it to be heard", async () => (await page.evaluate(async () => {
    const report = await window.__peers.at(-1).getStats();
    return [...report.values()].some((each) => each.type === "inbound-rtp" && each.kind === "audio" && each.totalAudioEnergy > 0.01);
  })));
}));

/** A short press, which begins; on a machine that pauses it may have been a long one, which ended. */
const shortPress = (page) => eventually("a short press", async () => {
  await page.locator("#talk").click();
  return page.locator("#mic").waitFor({ timeout: 2_000 }).then(() => true, () => false);
});

/** The ages of the pictures shown from now on, sorted, ms. */
async function ages(page, count) {
  const from = (await frames(page)).length;
  await eventually(`${count} pictures`, async () => (await frames(page)).length >= from + count);
  const seen = (await frames(page)).slice(from).map(({ age }) => age).filter((age) => age !== null).sort((a, b) => a - b);
  return { p50: seen[Math.floor(seen.length / 2)], p95: seen[Math.floor(seen.length * 0.95)] };
}

test("pictures are shown no later while sound goes both ways", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add);
  const page = await openPage(browser, server);
  await page.locator("#talk").waitFor();
  await watchFrames(page);
  await ages(page, 60);
  const later = [];
  // The machine may have other work in one round; waiting for sound, as for lip sync, would cost in each.
  for (let round = 0; round < 4 && !(Math.min(...later) < 40); round++) {
    const without = await ages(page, 150);
    await page.locator("#listen").click();
    await page.keyboard.down("m");
    const { speaker: { blocks } } = robot.stats().audio;
    await soundOf(robot, ({ microphone, speaker }) => microphone.running && speaker.running && speaker.blocks > blocks + 20, "sound both ways");
    await eventually("the tone to be heard", async () => (await soundAt(page)).energy > 0.01);
    const withSound = await ages(page, 150);
    console.log(`# age of pictures, ms: without sound ${JSON.stringify(without)}, with ${JSON.stringify(withSound)}`);
    later.push(withSound.p50 - without.p50);
    await page.locator("#listen").click();
    await page.keyboard.up("m");
    await soundOf(robot, ({ microphone, speaker }) => !microphone.running && !speaker.running, "silence");
  }
  assert.ok(Math.min(...later) < 40, `${later} ms later`);
}));

test("on a link that cannot carry both, sound is what goes", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add, [...SOUND, "--max-bitrate", "180"]);
  const page = await openPage(browser, server);
  await page.locator("#listen").click();
  const { viewers } = await robot.statsWhere("sound to be held back", (stats) => stats.viewers[0]?.audio_blocks_held_back > 100);
  assert.equal(viewers[0].audio_blocks_sent, 0);
  await watchFrames(page);
  await eventually("pictures to go on", async () => (await frames(page)).length > 10);
}));

test("a robot without microphone and speaker has no buttons, and is sent nothing", () => withAll(async (add) => {
  const { server, robot, browser } = await site(add, []);
  const page = await openConsole(browser, server.url);
  assert.equal(await page.locator("#listen").isVisible(), false);
  assert.equal(await page.locator("#talk").isVisible(), false);
  await page.keyboard.press("m");
  assert.equal(await page.locator("#mic").isVisible(), false);
  assert.equal(robot.stats().audio, null);
}));
