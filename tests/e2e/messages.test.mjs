// The data channel and the codecs, with rtcbot.js in a page against the real robot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";

/** A page of the server with the library loaded and nothing else. */
async function barePage(add, server) {
  const browser = add(await launch());
  const page = await browser.newPage();
  await page.goto(`${server.url}/healthz`);
  await page.setContent('<video autoplay muted playsinline></video>');
  await page.addScriptTag({ url: `${server.url}/rtcbot.js` });
  return page;
}

const dial = async (options) => {
  const conn = (window.conn = new window.rtcbot.RTCConnection());
  window.heard = [];
  conn.subscribe((message) => window.heard.push(message));
  if (options.video) conn.video.subscribe((stream) => (document.querySelector("video").srcObject = stream));
  const offer = await conn.getLocalDescription();
  const response = await fetch("/connect", { method: "POST", body: JSON.stringify(
    options.without ? { type: offer.type, sdp: window.withoutCodec(offer.sdp, options.without) } : offer) });
  const answer = await response.json();
  await conn.setRemoteDescription(answer);
  return answer.sdp;
};

test("messages go both ways, in the forms of RTCBot", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await barePage(add, server);
  await page.evaluate(dial, { video: false });
  await page.evaluate(() => {
    window.conn.put_nowait({ axis: 0.5 });
    window.conn.put_nowait("plain text");
    window.conn.put_nowait("123");
  });
  await eventually("three messages at the robot", () => robot.messages().length >= 3);
  // As RTCBot reads them: text that parses as JSON is parsed, the rest is a string.
  assert.deepEqual(robot.messages(), [{ axis: 0.5 }, "plain text", 123]);
  robot.say({ battery: 0.9 });
  robot.say("hi");
  await page.waitForFunction(() => window.heard.length >= 2);
  // As RTCBot writes them: always JSON, and the page gets the raw text.
  assert.deepEqual(await page.evaluate(() => window.heard), ['{"battery":0.9}', '"hi"']);
}));

test("bytes that a page sends come as bytes, and what follows them comes too", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await barePage(add, server);
  await page.evaluate(dial, { video: false });
  // The library sends text alone; a page of somebody's own need not.
  await page.waitForFunction(() => window.conn._outbox._wire);
  await page.evaluate(() => {
    window.conn._outbox._wire.send(new Uint8Array([255, 0, 1]));
    window.conn.put_nowait({ after: true });
  });
  await eventually("both at the robot", () => robot.messages().length >= 2);
  assert.deepEqual(robot.messages(), [{ bytes: [255, 0, 1], subtype: null }, { after: true }]);
}));

test("H.264 where the browser has it, VP8 where it has not", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const h264 = await barePage(add, server);
  await h264.evaluate(dial, { video: true });
  await watchFrames(h264);
  await freshFrames(h264, 10);
  assert.equal((await robot.statsWhere("a codec", (s) => s.viewers[0]?.codec)).viewers[0].codec, "H264");
  await h264.close();

  const vp8 = await barePage(add, server);
  await vp8.evaluate(() => {
    window.withoutCodec = (sdp, codec) => {
      const gone = [...sdp.matchAll(new RegExp(`a=rtpmap:(\\d+) ${codec}/`, "g"))].map((m) => m[1]);
      const rtx = [...sdp.matchAll(/a=fmtp:(\d+) apt=(\d+)/g)].filter((m) => gone.includes(m[2])).map((m) => m[1]);
      const all = new Set([...gone, ...rtx]);
      return sdp.split("\r\n").filter((l) => !all.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(l)?.[1]))
        .map((l) => (l.startsWith("m=video") ? l.split(" ").filter((w, i) => i < 3 || !all.has(w)).join(" ") : l)).join("\r\n");
    };
  });
  const answer = await vp8.evaluate(dial, { video: true, without: "H264" });
  assert.doesNotMatch(answer, /H264/);
  await watchFrames(vp8);
  await freshFrames(vp8, 10);
  await robot.statsWhere("VP8", (s) => s.viewers.some((v) => v.codec === "VP8"));
}));

test("a key frame comes within two frames of the browser's request", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await barePage(add, server);
  await page.evaluate(dial, { video: true });
  await watchFrames(page);
  await freshFrames(page, 10);
  // A script transform can ask for a key frame; the receiver's figures tell when one was decoded.
  const delays = await page.evaluate(async () => {
    const receiver = window.conn._rtc.getReceivers().find((r) => r.track.kind === "video");
    const code = `onrtctransform = (event) => {
      onmessage = () => event.transformer.sendKeyFrameRequest().catch((e) => postMessage(String(e)));
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    receiver.transform = new RTCRtpScriptTransform(worker, {});
    const decoded = async () => {
      for (const stats of (await receiver.getStats()).values()) if (stats.type === "inbound-rtp") return stats.keyFramesDecoded;
      return 0;
    };
    const measured = [];
    for (let i = 0; i < 5; i++) {
      const before = await decoded();
      const asked = performance.now();
      worker.postMessage("ask");
      while ((await decoded()) === before) {
        if (performance.now() - asked > 5000) throw new Error("no key frame within 5 s");
      }
      measured.push(performance.now() - asked);
      // libwebrtc's sender takes a request at most every 300 ms (EncoderRtcpFeedback); one that comes sooner is not heard.
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    return measured;
  });
  const sorted = delays.sort((a, b) => a - b);
  // One frame interval until the request meets a picture, one for the picture, 50 ms because the figures are no fresher;
  // the rest is this shared machine; by itself none would come in that time.
  assert.ok(sorted[2] < 800, `median of ${sorted.map((d) => d.toFixed(0))} ms`);
}));
