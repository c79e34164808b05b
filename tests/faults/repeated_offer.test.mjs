// The same offer twice: a proxy's retry, a double click, or somebody who has seen it and sends it again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barePage } from "../lib/bare_page.mjs";
import { launch } from "../lib/browser.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { connected, exampleServer } from "./support/parts.mjs";

/** A page that sends its offer twice, `pause` ms apart, and uses the answer of the `used`th. Gives both replies. */
function dialTwice(page, { pause, used }) {
  return page.evaluate(async (how) => {
    const conn = (window.conn = new window.rtcbot.RTCConnection());
    window.heard = [];
    conn.subscribe((message) => window.heard.push(message));
    const offer = JSON.stringify(await conn.getLocalDescription());
    window.offer = offer;
    const ask = async (delay) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      const response = await fetch("/connect", { method: "POST", cache: "no-cache", body: offer });
      return { status: response.status, json: await response.json() };
    };
    const replies = await Promise.all([ask(0), ask(how.pause)]);
    await conn.setRemoteDescription(replies[how.used].json);
    return replies;
  }, { pause, used });
}

async function serveTwice(add, server, how) {
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  const page = await barePage(browser, server);
  const [first, second] = await dialTwice(page, how);
  assert.deepEqual([first.status, second.status], [200, 200], JSON.stringify([first.json, second.json]));
  assert.equal(first.json.sdp, second.json.sdp, "the same answer");
  const stats = await robot.statsWhere("the page connected", (s) => connected(s) === 1);
  assert.equal(stats.viewers.length, 1, "one viewer for both");
  assert.equal(robot.exit, null);
  return { robot, page };
}

for (const pause of [0, 1000]) {
  for (const used of [0, 1]) {
    test(`an offer sent again after ${pause} ms connects by the ${["first", "second"][used]} answer`, () => withAll(async (add) => {
      await serveTwice(add, add(await startServer()), { pause, used });
    }));
  }
}

test("an offer sent twice through the tutorial's server connects", () => withAll(async (add) => {
  await serveTwice(add, await exampleServer(add), { pause: 0, used: 1 });
}));

test("an offer whose page is connected is refused, and the page stays connected", () => withAll(async (add) => {
  const server = add(await startServer());
  const { robot, page } = await serveTwice(add, server, { pause: 0, used: 0 });
  const reply = await page.evaluate(async () => {
    const response = await fetch("/connect", { method: "POST", body: window.offer });
    return { status: response.status, json: await response.json() };
  });
  assert.deepEqual([reply.status, reply.json.error], [400, "bad_offer"], JSON.stringify(reply.json));
  assert.match(reply.json.message, /in use/);
  const stats = await robot.statsWhere("the page still connected", (s) => connected(s) === 1);
  assert.equal(stats.viewers.length, 1);
  await page.evaluate(() => window.conn.put_nowait("still here"));
  await eventually("its message", () => JSON.stringify(robot.messages()).includes("still here"));
}));
