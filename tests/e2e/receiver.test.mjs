// The page's own video receiver with the real robot: in use, with old pictures after an outage, and handed back to the <video> when anything
// is wrong with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot } from "../lib/driven.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";

const PATIENCE = { timeout: 60_000, polling: 30 };

/** The console with the receiver, and the robot that it shows. `worker`: put in front of the worker's script; `init`: in front of the page's. */
async function site(add, { worker = "", init } = {}) {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, DRIVEN));
  await robot.online();
  const page = await (add(await launch())).newPage({ viewport: { width: 1280, height: 800 } });
  const policies = [];
  page.on("console", (message) => /Content Security Policy/.test(message.text()) && policies.push(message.text()));
  if (init) await page.addInitScript(init);
  if (worker) {
    await page.route("**/rtcbot-receiver.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: worker + (await response.text()) });
    });
  }
  await page.goto(`${server.url}/?receiver=page`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, PATIENCE);
  await page.locator("#snap").waitFor();
  await page.keyboard.press("i");
  return { server, robot, page, policies };
}

const receiverIs = (page, text) => page.waitForFunction((wanted) => {
  const pairs = [...document.querySelectorAll("#overlay dt")].map((each) => [each.textContent, each.nextElementSibling?.textContent]);
  return new RegExp(wanted).test(Object.fromEntries(pairs).Receiver ?? "none");
}, text, PATIENCE);

const isCanvas = (page) => page.evaluate(() => !document.getElementById("live").hidden);

/** The file that the page saves next. */
async function saved(page, act) {
  const download = page.waitForEvent("download", PATIENCE);
  await act();
  return readFileSync(await (await download).path());
}

test("the receiver draws the console's picture, within the page's policy; snapshot, recording and figures work", () => withAll(async (add) => {
  const { page, policies } = await site(add);
  await receiverIs(page, "^page$");
  await page.waitForFunction(() => /Decode · draw/.test(document.getElementById("overlay").textContent), null, PATIENCE);
  const png = await saved(page, () => page.keyboard.press("p"));
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [640, 480]);
  // A black picture of that size has a few hundred bytes.
  assert.ok(png.length > 4000, `${png.length} bytes`);
  const recording = await saved(page, async () => {
    await page.keyboard.press("r");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await page.keyboard.press("r");
  });
  assert.ok(recording.length > 10_000, `${recording.length} bytes`);
  // A machine that is busy with the recording may have made the receiver slower than the <video> for a while.
  await receiverIs(page, "^page$");
  assert.deepEqual(policies, []);
}));

test("without WebCodecs the <video> shows the picture", () => withAll(async (add) => {
  const { page } = await site(add, { init: "delete self.VideoDecoder" });
  await watchFrames(page);
  await freshFrames(page, 30, { age: 1000 });
  assert.equal(await isCanvas(page), false);
}));

test("a decoder that throws is tried three times; then the <video> shows the picture, which never stopped", () => withAll(async (add) => {
  const { page } = await site(add, { worker: "VideoDecoder.prototype.decode = () => { throw new Error('made to fail'); };\n" });
  await receiverIs(page, "made to fail");
  await watchFrames(page);
  await freshFrames(page, 30, { age: 1000 });
  assert.equal(await isCanvas(page), false);
}));

test("a decoder that fails later hands its picture over without a freeze", () => withAll(async (add) => {
  const { page } = await site(add, { worker: `
    let calls = 0;
    const decode = VideoDecoder.prototype.decode;
    VideoDecoder.prototype.decode = function (chunk) {
      if (++calls > 90) throw new Error("made to fail");
      return decode.call(this, chunk);
    };\n` });
  await receiverIs(page, "^page$");
  await watchFrames(page);
  await page.waitForFunction(() => document.getElementById("live").hidden, null, PATIENCE);
  await receiverIs(page, "made to fail");
  await freshFrames(page, 30, { age: 1000 });
}));

test("a decoder's worker that hangs does not stop the <video>, which is shown", () => withAll(async (add) => {
  const { page } = await site(add, { worker: `
    let calls = 0;
    const decode = VideoDecoder.prototype.decode;
    VideoDecoder.prototype.decode = function (chunk) {
      if (++calls > 60) for (;;);
      return decode.call(this, chunk);
    };\n` });
  await receiverIs(page, "^page$");
  await watchFrames(page);
  await page.waitForFunction(() => document.getElementById("live").hidden, null, PATIENCE);
  await freshFrames(page, 60, { age: 1000 });
  await receiverIs(page, "hangs");
}));

test("a worker that is not served costs one connection; then the <video> alone shows the picture", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await (add(await launch())).newPage();
  await page.route("**/rtcbot-receiver.js", (route) => route.fulfill({ status: 404, body: "no" }));
  await page.goto(`${server.url}/?receiver=page`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, PATIENCE);
  await watchFrames(page);
  await freshFrames(page, 30, { age: 1000 });
}));

/** Keeps each frame that the canvas shows: when, and when it was captured, Unix time in ms. Both ends have this machine's clock. */
function watchCanvas() {
  const canvas = document.querySelector("canvas");
  window.drawn = [];
  const onFrame = ({ drawnAt, rtp }) => {
    const takenAt = window.link.connection._statistics._watch?.takenAt(performance.now(), rtp) ?? null;
    window.drawn.push({ at: drawnAt + Date.now() - performance.now(), takenAt });
  };
  const receiver = new window.rtcbotReceiver.VideoReceiver(canvas, { onFrame });
  window.link = window.rtcbot.connect({ url: "/connect", video: document.querySelector("video"), receiver });
}

for (const codec of ["H264", "VP8"]) {
  test(`${codec}: after three seconds without the robot nothing older is drawn, and then the picture runs`, () => withAll(async (add) => {
    const server = add(await startServer());
    const robot = add(new Robot(server.port));
    await robot.online();
    const page = await (add(await launch())).newPage();
    await page.goto(`${server.url}/healthz`);
    await page.setContent("<video autoplay muted playsinline></video><canvas hidden></canvas>");
    for (const name of ["rtcbot.js", "rtcbot-receiver.js"]) await page.addScriptTag({ url: `${server.url}/${name}` });
    await page.evaluate((wanted) => {
      const add = RTCPeerConnection.prototype.addTransceiver;
      RTCPeerConnection.prototype.addTransceiver = function addTransceiver(kind, init) {
        const transceiver = add.call(this, kind, init);
        const codecs = kind === "video" ? RTCRtpReceiver.getCapabilities("video").codecs : [];
        if (kind === "video") transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => [`video/${wanted}`, "video/rtx"].includes(mimeType)));
        return transceiver;
      };
    }, codec);
    await page.evaluate(watchCanvas);
    const drawn = () => page.evaluate(() => window.drawn);
    await eventually("sixty frames with their times", async () => (await drawn()).filter(({ takenAt }) => takenAt !== null).length > 60);
    const { codec: used, receiver } = await page.evaluate(() => window.link.stats);
    assert.equal(used, codec);
    assert.ok(receiver.isVisible && receiver.drawn > 30, JSON.stringify(receiver));
    robot.signal("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const again = Date.now();
    robot.signal("SIGCONT");
    const after = await eventually("the picture to run again", async () => {
      const frames = (await drawn()).filter(({ at }) => at > again + 30);
      return frames.filter(({ takenAt }) => takenAt > again).length > 30 && frames;
    });
    const old = after.filter(({ takenAt }) => takenAt !== null && takenAt < again - 300);
    assert.deepEqual(old, []);
  }));
}
