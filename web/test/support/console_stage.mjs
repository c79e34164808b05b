// The stage of the console's tests: a browser for the file; a server, a robot that is a page, and a page that looks at it, anew for each test.
// Importing it sets it up: what it exports changes with the test that runs.
import { after, afterEach, before, beforeEach } from "node:test";
import { FakeRobot, ROBOT_FLAGS, Server, launch } from "./harness.mjs";

const LIMIT = { timeout: 60000, polling: 30 };

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
  server = await new Server().start();
  robot = await FakeRobot.start(browser);
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
}

/** Waits until it holds in the page. */
export const until = (condition, argument) => page.waitForFunction(condition, argument, LIMIT);

/** Waits until the console says this. @param {string} text */
export const title = (text) => until((wanted) => document.getElementById("title").textContent === wanted, text);

/** Waits until the robot is as it should be; `condition` sees window.driven. */
export const robotIs = (condition, argument) => robot.page.waitForFunction(condition, argument, LIMIT);

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
  await title("Nobody drives");
}

/** Opens it and takes the controls. */
export async function drive(given) {
  await openFree(given);
  await page.keyboard.press("e");
  await title("You drive");
}
