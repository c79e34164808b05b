// Pages with a websocket: candidates by themselves, who is there, the list of robots; and pages and robots that know
// nothing of it.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { freshFrames, launch, watchFrames } from "../lib/browser.mjs";
import { Program, Robot, eventually, root, startServer, withAll } from "../lib/programs.mjs";

const pictures = `${root}build/pictures`;
mkdirSync(pictures, { recursive: true });

/** What went over the page's websockets, by type: [{from, type, …}]. */
function listen(page) {
  const heard = [];
  page.on("websocket", (socket) => {
    heard.push({ from: "page", type: "(open)", url: socket.url() });
    socket.on("framesent", ({ payload }) => heard.push({ from: "page", ...JSON.parse(payload) }));
    socket.on("framereceived", ({ payload }) => heard.push({ from: "server", ...JSON.parse(payload) }));
  });
  page.on("request", (request) => {
    if (request.method() === "POST") heard.push({ from: "page", type: "(post)" });
  });
  return heard;
}

/** A page in a browser of its own, and what goes over its websockets. */
async function listeningPage(add) {
  const page = await add(await launch()).newPage();
  return { page, heard: listen(page) };
}

const ofType = (heard, type) => heard.filter((message) => message.type === type);
const isLive = (page, limit = 60_000) => page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: limit });
const says = (page, text, limit = 60_000) =>
  page.waitForFunction((wanted) => document.body.innerText.toLowerCase().includes(wanted.toLowerCase()), text, { timeout: limit });

/** A STUN server that never answers. */
async function silentStun(add) {
  const socket = createSocket("udp4");
  await new Promise((resolve) => socket.bind(0, "127.0.0.1", resolve));
  add({ stop: () => new Promise((resolve) => socket.close(resolve)) });
  return `stun:127.0.0.1:${socket.address().port}`;
}

/** From "try now" on a page whose websocket is open to the first frame, ms. */
async function clickToFrame(page) {
  return page.evaluate(() => new Promise((resolve) => {
    const video = document.createElement("video");
    video.muted = true;
    const start = performance.now();
    const link = window.rtcbot.connect({ url: "/rover", video, ...window.__options });
    video.requestVideoFrameCallback(() => {
      link.close();
      resolve(performance.now() - start);
    });
  }));
}

test("offers go without waiting where a STUN server is silent, and candidates follow", () => withAll(async (add) => {
  const server = add(await startServer(["--stun", await silentStun(add)]));
  const robot = add(new Robot(server.port, [], { path: "/rover" }));
  await robot.online();
  const { page, heard } = await listeningPage(add);
  await page.goto(`${server.url}/rover`);
  await isLive(page);
  const offer = ofType(heard, "offer")[0];
  assert.deepEqual([offer?.trickle, ofType(heard, "(post)").length], [true, 0]);
  await eventually("the robot's candidates, after its answer", () => ofType(heard, "answer").length > 0 &&
    ofType(heard, "candidates").some(({ from, candidates }) => from === "server" && candidates.length > 0));
  // The same by POST waits for the STUN server until the bound of 2 s, at both ends.
  await page.goto(`${server.url}/healthz`);
  await page.setContent("<p>");
  await page.addScriptTag({ url: `${server.url}/rtcbot.js` });
  // The best of three, as a machine may pause in one; who waits for the STUN server does so each time.
  const bySocket = Math.min(await clickToFrame(page), await clickToFrame(page), await clickToFrame(page));
  await page.evaluate(() => (window.__options = { socket: false }));
  const byPost = await clickToFrame(page);
  assert.ok(byPost > 2000 && bySocket < byPost - 1000, `${bySocket} ms by websocket, ${byPost} ms by POST`);
}));

test("the page hears at once that its robot went and came, and dials by itself", () => withAll(async (add) => {
  const server = add(await startServer());
  let robot = add(new Robot(server.port, [], { path: "/rover" }));
  await robot.online();
  const { page, heard } = await listeningPage(add);
  await page.goto(`${server.url}/rover`);
  await isLive(page);
  await robot.stop();
  await says(page, "Robot offline");
  await says(page, "offline for");
  await page.screenshot({ path: `${pictures}/page-offline.png` });
  robot = add(new Robot(server.port, [], { path: "/rover" }));
  await isLive(page);
  const told = ofType(heard, "presence").map(({ robots }) => robots[0].online);
  const gone = told.indexOf(false);
  assert.ok(told[0] && gone > 0 && told.slice(gone).includes(true), `${told}`);
}));

test("a server that restarts leaves the video alone, and the websocket comes back", () => withAll(async (add) => {
  let server = add(await startServer());
  const robot = add(new Robot(server.port, [], { path: "/rover" }));
  await robot.online();
  const { page, heard } = await listeningPage(add);
  await page.goto(`${server.url}/rover`);
  await watchFrames(page);
  await isLive(page);
  await server.stop();
  await eventually("the page to hear of the stop", () => ofType(heard, "stopping").length > 0);
  await freshFrames(page, 20, { age: 1500 });
  server = add(await startServer([], { port: server.port }));
  await eventually("the websocket to be back and the robot too", () => ofType(heard, "(open)").length >= 2 &&
    ofType(heard, "presence").at(-1)?.robots[0].online === true);
  await freshFrames(page, 20, { age: 1500 });
  assert.equal(ofType(heard, "offer").length + ofType(heard, "(post)").length, 1, "it was never dialled again");
}));

test("where no websocket is to be had, the page posts its offer", () => withAll(async (add) => {
  const server = add(await startServer(["--max-pages", "0"]));
  const robot = add(new Robot(server.port));
  await robot.online();
  const { page, heard } = await listeningPage(add);
  await page.goto(`${server.url}/`);
  await isLive(page);
  assert.deepEqual([ofType(heard, "(post)").length, ofType(heard, "offer").length], [1, 0]);
}));

test("a robot of RTCBot's own protocol and a page of RTCBot's own making are served as ever", () => withAll(async (add) => {
  const server = add(await startServer());
  const bare = add(new Program("example-robot", [`ws://127.0.0.1:${server.port}/ws`]));
  const { page, heard } = await listeningPage(add);
  await eventually("the robot to be there", async () => (await (await fetch(`${server.url}/api/robots`)).json()).robots.length === 1);
  await page.goto(`${server.url}/`);
  await isLive(page);
  assert.equal(ofType(heard, "offer").filter(({ trickle }) => trickle).length, 0, "its offer was complete");
  await bare.stop(); // Two robots without a name would be one too many.
  const ours = add(new Robot(server.port));
  await ours.online();
  const plain = await page.context().browser().newPage();
  await plain.goto(`${server.url}/healthz`);
  await plain.setContent("<video autoplay muted playsinline></video>");
  await plain.evaluate(async () => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.ontrack = ({ streams }) => (document.querySelector("video").srcObject = streams[0]);
    await peer.setLocalDescription(await peer.createOffer());
    await new Promise((resolve) => (peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve()));
    const response = await fetch("/connect", { method: "POST", body: JSON.stringify(peer.localDescription) });
    await peer.setRemoteDescription(await response.json());
    window.peer = peer;
  });
  await watchFrames(plain);
  await freshFrames(plain, 20);
}));

test("the list of robots is live, shows pictures, and leads to each with one click", () => withAll(async (add) => {
  const server = add(await startServer());
  const rover = add(new Robot(server.port, ["--snapshots", "1"], { path: "/rover" }));
  const digger = add(new Robot(server.port, [], { path: "/digger-2" }));
  await Promise.all([rover.online(), digger.online()]);
  const browser = add(await launch());
  const page = await browser.newPage({ viewport: { width: 1100, height: 720 } });
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${server.url}/`);
  await says(page, "2 of 2 online");
  await page.waitForFunction(() => [...document.images].some((image) => image.naturalWidth === 320));
  await page.screenshot({ path: `${pictures}/list-desktop.png` });
  await digger.stop();
  await says(page, "1 of 2 online");
  await says(page, "Offline for");
  await page.setViewportSize({ width: 390, height: 760 });
  await page.screenshot({ path: `${pictures}/list-phone.png` });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a phone");
  await page.keyboard.press("/");
  await page.keyboard.type("ROV");
  await page.waitForFunction(() => document.querySelectorAll("#robots li").length === 1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/rover");
  await isLive(page);
  assert.deepEqual(faults, []);
  const picture = await fetch(`${server.url}/api/robots/rover/snapshot.jpg`);
  assert.deepEqual([picture.status, picture.headers.get("content-type"), picture.headers.get("cache-control")], [200, "image/jpeg", "no-store"]);
}));

/** The states of the page and what it said in them, from now on: ["live Live", …]. */
const rememberStates = (page) => page.evaluate(() => {
  window.__said = [];
  const note = () => {
    const now = `${document.body.dataset.state} ${document.getElementById("status").textContent}`;
    if (window.__said.at(-1) !== now) window.__said.push(now);
  };
  new MutationObserver(note).observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
});

for (const socket of [true, false]) {
  test(`a robot that is stopped is offline at once, and asked for seldom until it is back, ${socket ? "by websocket" : "by POST"}`, () =>
    withAll(async (add) => {
      const server = add(await startServer());
      const robot = add(new Robot(server.port, [], { path: "/rover" }));
      await robot.online();
      const { page, heard } = await listeningPage(add);
      if (!socket) await page.addInitScript(() => delete window.WebSocket);
      await page.goto(`${server.url}/rover`);
      await isLive(page);
      await rememberStates(page);
      assert.deepEqual(await robot.stop(), { code: 0, signal: null }, robot.log());
      const stopped = performance.now();
      await says(page, "Robot offline", 10_000);
      assert.ok(performance.now() - stopped < 5_000, `${performance.now() - stopped} ms`);
      const said = await page.evaluate(() => window.__said);
      assert.ok(!said.some((each) => each.startsWith("interrupted")), JSON.stringify(said));
      if (socket) {
        const tries = () => ofType(heard, "(post)").length + ofType(heard, "offer").length;
        const before = tries();
        await page.waitForFunction(() => /offline for ([89]|1\d) s/.test(document.body.innerText));
        assert.ok(tries() - before <= 1, `${tries() - before} tries while the server says that nobody is there`);
      }
      const again = add(new Robot(server.port, [], { path: "/rover" }));
      await again.online();
      await isLive(page, 10_000);
    }));
}
