// A thousand damaged offers against a living robot: each is answered or refused with a reason, and nothing stays behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { damaged, kinds, randomOf } from "../lib/mutations.mjs";
import { Robot, startServer, withAll } from "../lib/programs.mjs";

const OFFERS = 1000;
const AT_ONCE = 6;
/** The robot gives up a viewer that never comes after 15 s; this many may be on their way at once. */
const UNCONNECTED = 300;
const GIVEN_UP_AFTER = 16_000;
/** Seen: up to 24 MB, of which the allocator keeps most; a hundred whole connections left behind would be more. */
const MAX_GROWTH_KB = 40 * 1024;

/** What this Chromium offers: data only, video, video and audio, and a picture of its own. */
async function capturedOffers(page) {
  return page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 10, 10);
    const wishes = [
      () => {},
      (conn) => conn.video.subscribe(() => {}),
      (conn) => (conn.video.subscribe(() => {}), conn.audio.subscribe(() => {})),
      (conn) => (conn.video.subscribe(() => {}), conn.video.putSubscription(canvas.captureStream().getVideoTracks()[0])),
    ];
    const offers = [];
    for (const wish of wishes) {
      const conn = new window.rtcbot.RTCConnection();
      wish(conn);
      const { type, sdp } = await conn.getLocalDescription();
      offers.push({ type, sdp });
      conn.close();
    }
    return offers;
  });
}

/** "answer", or the code of the refusal; throws for what is neither. */
async function verdict(url, body) {
  const response = await fetch(`${url}/connect`, { method: "POST", body, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  const reply = JSON.parse(text);
  if (response.status === 200) {
    assert.equal(reply.type, "answer");
    assert.match(reply.sdp, /^v=0\r\n/);
    return "answer";
  }
  assert.ok([400, 413, 429, 500, 502, 503, 504].includes(response.status), `status ${response.status}: ${text}`);
  assert.ok(reply.error && reply.message.length > 10, `a code and a sentence: ${text}`);
  assert.ok(["bad_offer", "too_large"].includes(reply.error), text);
  return reply.error;
}

/** Sends the damaged offers of these numbers; how often each verdict was given. */
async function sendAll(url, offers, random, from, to) {
  const counts = {};
  const answered = [];
  let next = from;
  const send = async () => {
    while (next < to) {
      while (answered.length && Date.now() - answered[0] > GIVEN_UP_AFTER) answered.shift();
      if (answered.length >= UNCONNECTED) {
        await new Promise((resolve) => setTimeout(resolve, answered[0] + GIVEN_UP_AFTER - Date.now() + 1));
        continue;
      }
      const number = next++;
      const body = damaged(offers[Math.floor(number / kinds) % offers.length], number, random);
      const code = await verdict(url, body).catch((error) => {
        throw new Error(`offer ${number}: ${error.message}; its body:\n${String(body).slice(0, 20_000)}`, { cause: error });
      });
      counts[code] = (counts[code] ?? 0) + 1;
      if (code === "answer") answered.push(Date.now());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return counts;
}

async function watchAndLeave(browser, server, robot) {
  const page = await barePage(browser, server);
  await dial(page);
  await watchFrames(page);
  await freshFrames(page, 10);
  await page.evaluate(() => window.conn.close());
  await robot.statsWhere("the viewer to be gone", (s) => s.viewers.length === 0);
  await page.close();
}

test("a thousand damaged offers leave nothing behind", (t) => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port, ["--max-viewers", "1000", "--log-level", "error"]));
  await robot.online();
  const browser = add(await launch());
  const page = await barePage(browser, server);
  const offers = await capturedOffers(page);
  await watchAndLeave(browser, server, robot);
  const figures = () => ({ robot: robot.figures(), server: server.figures() });
  const before = figures();

  const random = randomOf(20_240_229);
  const half = async (from, to) => {
    const counts = await sendAll(server.url, offers, random, from, to).catch(async (error) => {
      throw new Error(`${error.message}\nrobot: ${JSON.stringify(robot.exit)}\n${robot.log().slice(-4000)}`, { cause: error });
    });
    assert.equal(Object.values(counts).reduce((sum, n) => sum + n, 0), to - from);
    assert.ok(counts.answer > 50, "many are harmless");
    assert.ok(counts.bad_offer > 50, "and many are not");
    // A normal browser at once, while dead connections linger.
    await dial(page);
    await watchFrames(page);
    await freshFrames(page, 10);
    await page.evaluate(() => window.conn.close());
    const busiest = figures();
    await robot.statsWhere("all viewers to be given up", (s) => s.viewers.length === 0, 60_000);
    await watchAndLeave(browser, server, robot);
    const after = figures();
    t.diagnostic(JSON.stringify({ counts, busiest, after }));
    return after;
  };
  const between = await half(0, OFFERS / 2);
  const after = await half(OFFERS / 2, OFFERS);
  t.diagnostic(JSON.stringify({ before }));
  assert.equal(robot.exit, null, "the robot that was started is the one that answers");
  assert.equal(server.exit, null);
  for (const who of ["robot", "server"]) {
    assert.ok(after[who].threads <= before[who].threads + 2, `threads of the ${who}`);
    assert.ok(after[who].descriptors <= before[who].descriptors + 8, `descriptors of the ${who}`);
    // Not since the begin: what a hundred connections at once have needed goes back to the allocator, not to the system.
    const growth = after[who].rss - between[who].rss;
    assert.ok(growth < MAX_GROWTH_KB, `the ${who} has grown by ${growth} kB in the second half`);
  }
}));
