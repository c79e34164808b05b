// The stage of the console's tests: a browser for the file; a server, a robot that is a page, and a page that looks at it, anew for each test.
// Importing it sets it up: what it exports changes with the test that runs.
import { after, afterEach, before, beforeEach } from "node:test";
import { FakeRobot, ROBOT_FLAGS, Server, launch } from "./harness.mjs";

const LIMIT = { timeout: 60000, polling: 30 };
/** How long a page may take to say what it is like, ms. */
const ANSWER_WITHIN = 5000;
/** What pages and server have said since the test began. @type {string[]} */
let log = [];

/** @type {import("playwright-core").Browser} */
export let browser;
/** @type {Server} */
export let server;
/** @type {FakeRobot} */
export let robot;
/** @type {import("playwright-core").Page} */
export let page;

before(async () => {
  browser = await launch(ROBOT_FLAGS);
});

after(() => browser.close());

beforeEach(async () => {
  log = [];
  server = await new Server().start();
  server.onTrouble = (error) => log.push(`server: ${error}`);
  robot = await FakeRobot.start(browser);
  listenTo(robot.page, "robot");
  server.answer = (offer) => robot.answer(offer);
  await openPage();
});

afterEach(async () => {
  await page.context().close();
  await robot.stop();
  await server.stop();
});

/** Another page in the place of this one, as that of a phone. @param {import("playwright-core").BrowserContextOptions} [options] */
export async function openPage(options) {
  await page?.context().close();
  page = await (await browser.newContext(options)).newPage();
  listenTo(page, "page");
}

/** @param {import("playwright-core").Page} to @param {string} name */
function listenTo(to, name) {
  to.on("console", (message) => log.push(`${name}: ${message.text()}`));
  to.on("pageerror", (error) => log.push(`${name}: ${error}`));
  to.on("crash", () => log.push(`${name}: crashed`));
}

/** Waits until it holds in the page; otherwise fails with what page, robot and server were like by then. */
export async function until(condition, argument) {
  try {
    return await page.waitForFunction(condition, argument, LIMIT);
  } catch (error) {
    throw await explained(error, `waiting for ${condition}${argument === undefined ? "" : ` with ${JSON.stringify(argument)}`}`);
  }
}

/** Waits until the console says this. @param {string} text */
export const title = (text) => until((wanted) => document.getElementById("title").textContent === wanted, text);

/** Waits until the robot is as it should be; `condition` sees window.driven. */
export async function robotIs(condition, argument) {
  try {
    return await robot.page.waitForFunction(condition, argument, LIMIT);
  } catch (error) {
    throw await explained(error, `waiting for a robot that ${condition}`);
  }
}

/** @param {Error} error @param {string} what */
async function explained(error, what) {
  const facts = await situation();
  return new Error(`${error.message}\n${what}\n${JSON.stringify(facts, null, 1)}`, { cause: error });
}

/** What page, robot and server are like now, for the message of a test that waited in vain. */
export async function situation() {
  return { page: await ask(page, pageInPage), robot: await ask(robot.page, robotInPage), offers: server.offers, log: log.slice(-40) };
}

/** @param {import("playwright-core").Page} of @param {() => any} question */
async function ask(of, question) {
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN, "gives no answer"));
  return Promise.race([of.evaluate(question).catch((error) => `${error}`), late]);
}

function pageInPage() {
  const text = (id) => document.getElementById(id)?.textContent;
  const video = document.querySelector("video");
  return {
    url: location.href, ...document.body?.dataset, has: `${document.visibilityState}, focus ${document.hasFocus()}`,
    words: Object.fromEntries(["status", "note", "headline", "detail", "title", "more", "trouble", "act"].map((id) => [id, text(id)])),
    video: video && `${video.videoWidth}x${video.videoHeight} at ${video.currentTime} s`,
  };
}

function robotInPage() {
  const { driven, peers } = window;
  return {
    peers: [...(peers ?? [])].map((peer) => ({
      states: [peer.connectionState, peer.iceConnectionState, peer.iceGatheringState, peer.signalingState].join(", "), number: peer.viewer?.number,
      channels: Object.entries(peer.viewer?.channels ?? {}).map(([kind, { readyState }]) => `${kind} ${readyState}`),
    })),
    isOn: driven?.isOn, driver: driven?.driver, stop: driven?.stop, commands: driven?.commands.length, refused: driven?.refused,
  };
}

/**
 * Waits for commands with these axes (the first two) that the page sent after this call. What it sent before may be that of an event:
 * controls that were taken away are only given back when they are read again.
 * @param {[number, number]} axes
 */
export async function commanded(axes) {
  const since = await page.evaluate(() => performance.now());
  await robotIs(([wanted, from]) => {
    const last = window.driven.commands.at(-1);
    return last && last.t > from && wanted.every((value, i) => Math.abs(last.axes[i] - value) < 1e-6);
  }, [axes, since]);
}

/** Opens the robot's page; the robot is as `given` says. */
export async function open(given = {}) {
  await robot.makeDriven(given);
  await page.goto(`${server.url}/rover`);
}

/** Opens it and waits until the controls can be taken. */
export async function openFree(given) {
  await open(given);
  await title("No one is driving");
}

/** Opens it and takes the controls. */
export async function drive(given) {
  await openFree(given);
  await page.keyboard.press("e");
  await title("You're driving");
}
