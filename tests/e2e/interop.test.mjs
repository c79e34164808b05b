// RTCBot's own side of the wire, by stand-ins made with the WebRTC library that RTCBot is made with (Debian's
// python3-aiortc, python3-aiohttp): its robot on our server, our robots on its server, its viewer with our robot.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { barePage, dial } from "../lib/bare_page.mjs";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Program, Robot, eventually, root, startServer, withAll } from "../lib/programs.mjs";

const tutorialPage = `${root}examples/tutorial.html`;
const support = fileURLToPath(new URL("support/", import.meta.url));

/** One of the stand-ins, and the JSON lines it has said. */
class StandIn extends Program {
  constructor(script, ...args) {
    super("/usr/bin/python3", ["-B", `${support}${script}.py`, ...args]);
  }

  events() {
    return this.lines.filter(({ text }) => text.startsWith("{")).map(({ text }) => JSON.parse(text));
  }

  /** The first event that has `key`, now or later. */
  async said(key, test = () => true) {
    return eventually(() => `${this.name} to say ${key}; it said:\n${this.log()}\n`, () => {
      const event = this.events().find((e) => key in e && test(e[key]));
      if (!event && this.exit) throw new Error(`the stand-in has ended (${JSON.stringify(this.exit)}):\n${this.log()}`);
      return event;
    });
  }
}

const robotOf = (server, ...args) => new StandIn("rtcbot_robot", `ws://127.0.0.1:${server.port}/ws`, ...args);

async function tutorialServer(add) {
  const server = add(new StandIn("rtcbot_server", tutorialPage, `${root}web/dist/rtcbot.js`));
  server.port = (await server.said("listening")).listening;
  server.url = `http://127.0.0.1:${server.port}`;
  server.blank = "/rtcbot.js";
  return server;
}

/** Opens a page that connects by itself, and sees its video. */
async function watch(browser, url) {
  const page = await browser.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(url);
  await page.waitForSelector("video", { state: "attached" });
  await watchFrames(page);
  await freshFrames(page, 20, { age: 2000 });
  return { page, said };
}

async function online(server) {
  await server.line(/online/i);
}

async function exchange(browser, server) {
  const page = await barePage(browser, server);
  await dial(page);
  await watchFrames(page);
  await freshFrames(page, 10);
  await page.evaluate(() => {
    window.conn.put_nowait({ axis: 0.5 });
    window.conn.put_nowait("plain text");
    window.conn.put_nowait("123");
  });
  return page;
}

test("RTCBot's robot on our server, with rtcbot.js: video, and messages both ways", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(robotOf(server));
  await online(server);
  const browser = add(await launch());
  const page = await exchange(browser, server);
  await page.waitForFunction(() => window.heard.length >= 3);
  assert.deepEqual(await page.evaluate(() => window.heard.map(JSON.parse)),
    [{ heard: { axis: 0.5 } }, { heard: "plain text" }, { heard: 123 }]);
  assert.deepEqual((await robot.said("offer")).offer, ["sdp", "type"], "nothing but what RTCBot's server sends");
  assert.equal((await robot.said("channel")).channel, "default");
  // It has hung up after its answer, as the tutorial's does: video goes on, and the next viewer is told at once.
  await robot.said("event", (e) => e === "hung up");
  await freshFrames(page, 20);
  const robots = async () => (await (await fetch(`${server.url}/api/robots`)).json()).robots;
  await eventually("the server to notice", async () => (await robots()).length === 0);
  const late = await barePage(browser, server);
  await assert.rejects(dial(late), /503 .*no_robot/);
  await page.evaluate(() => window.conn.close());
  await robot.said("event", (e) => e === "channel closed");
}));

test("RTCBot's robot on our server, with our page", () => withAll(async (add) => {
  const server = add(await startServer());
  add(robotOf(server, "--stay"));
  await online(server);
  const { page } = await watch(add(await launch()), `${server.url}/`);
  await page.waitForFunction(() => document.body.dataset.state === "live");
}));

test("a robot of RTCBot's that stays takes two viewers with the tutorial's page, one after the other", () => withAll(async (add) => {
  const server = add(await startServer(["--page", tutorialPage]));
  const robot = add(robotOf(server, "--stay"));
  await online(server);
  const browser = add(await launch());
  for (let viewer = 0; viewer < 2; viewer++) {
    const { page, said } = await watch(browser, `${server.url}/`);
    assert.ok(said.includes("Ready!"), "the page's own script came to its end");
    await page.close();
  }
  assert.equal(robot.events().filter((e) => "offer" in e).length, 2);
}));

test("our robot on RTCBot's server, with the tutorial's page, again and again", () => withAll(async (add) => {
  const server = await tutorialServer(add);
  const robot = add(new Robot(server.port));
  await robot.online();
  const browser = add(await launch());
  for (let viewer = 0; viewer < 2; viewer++) {
    const { page, said } = await watch(browser, `${server.url}/`);
    assert.ok(said.includes("Ready!"));
    await page.close();
  }
  const answers = server.events().filter((e) => "answer" in e);
  assert.deepEqual(answers, [{ answer: ["sdp", "type"] }, { answer: ["sdp", "type"] }], "one answer each, nothing unasked");
  assert.ok(!server.events().some((e) => "unexpected" in e), "text frames only");
  assert.equal(robot.stats().dials, 1, "and the socket stays");
}));

test("our robot on RTCBot's server, with rtcbot.js: messages both ways", () => withAll(async (add) => {
  const server = await tutorialServer(add);
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await exchange(add(await launch()), server);
  await eventually("three messages at the robot", () => robot.messages().length >= 3);
  assert.deepEqual(robot.messages(), [{ axis: 0.5 }, "plain text", 123]);
  robot.say({ battery: 0.9 });
  await page.waitForFunction(() => window.heard.length >= 1);
  assert.deepEqual(await page.evaluate(() => window.heard), ['{"battery":0.9}']);
}));

test("the tutorial's robot in C++ on RTCBot's server", () => withAll(async (add) => {
  const server = await tutorialServer(add);
  const robot = add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
  await server.said("event", (e) => e === "robot came");
  await watch(add(await launch()), `${server.url}/`);
  await robot.line(/Started WebRTC/);
  // The answer came before the socket was closed, and it was closed as RTCBot closes.
  assert.equal((await server.said("code")).code, 1000);
}));

for (const codec of [undefined, "VP8", "H264"]) {
  test(`RTCBot's viewer with our robot: ${codec ?? "the offer as it makes it"}`, () => withAll(async (add) => {
    const server = add(await startServer());
    const robot = add(new Robot(server.port));
    await robot.online();
    const viewer = add(new StandIn("rtcbot_viewer", `${server.url}/connect`, ...(codec ? [codec] : [])));
    assert.match((await viewer.said("application")).application, /DTLS\/SCTP 5000$/, "the legacy form of SDP");
    assert.equal((await viewer.said("status")).status, 200);
    const seen = await eventually("ten fresh pictures", () => {
      const fresh = viewer.events().filter((e) => e.frame && e.frame.age !== null && e.frame.age >= -5 && e.frame.age < 3000);
      return fresh.length >= 10 && fresh;
    });
    assert.equal(seen[0].frame.width, 640);
    assert.ok(new Set(seen.map((e) => e.frame.stamp)).size >= 8, "the pictures differ from each other");
    if (codec) await robot.statsWhere(codec, (s) => s.viewers[0]?.codec === codec);
    await eventually("two messages at the robot", () => robot.messages().length >= 2);
    assert.deepEqual(robot.messages(), [{ axis: 0.5 }, "text"]);
    robot.say({ battery: 0.9 });
    assert.deepEqual((await viewer.said("message")).message, { battery: 0.9 });
    robot.say({ leave: true });
    await viewer.said("event", (e) => e === "left");
    await robot.statsWhere("the viewer to be gone", (s) => s.viewers.length === 0);
  }));
}
