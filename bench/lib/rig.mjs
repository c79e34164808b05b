// A server, a robot with the test picture at a fixed rate, and a page that can watch it, for all measurements.
import { readFileSync } from "node:fs";
import { launch } from "../../tests/lib/browser.mjs";
import { Program, Robot, bin, eventually, root, startServer } from "../../tests/lib/programs.mjs";

/** The measured pictures, at 30 a second; `kbps` for a fixed rate. */
export const PICTURES = [
  { name: "640x480", width: 640, height: 480, kbps: 1000 },
  { name: "1280x720", width: 1280, height: 720, kbps: 2000 },
];

/**
 * A server and a robot that is online.
 * @param {{statsEvery?: number, fixed?: boolean, program?: string}} options statsEvery: seconds, large for CPU measurements; fixed: at the rate of
 *   `picture` on any link; otherwise with the robot's defaults; program: another robot's
 */
export async function startRobot(add, picture, options) {
  const server = add(await startServer());
  return { server, robot: await startRobotAt(add, server, picture, options) };
}

/** Another robot, for a server that has none now. */
export async function startRobotAt(add, server, picture, { statsEvery = 0.2, fixed = false, program } = {}) {
  const { name, kbps } = picture;
  const rate = fixed ? ["--start-bitrate", kbps, "--min-bitrate", kbps, "--max-bitrate", kbps] : [];
  const flags = ["--size", name, "--fps", "30", "--max-viewers", "64", "--log-level", "warning", ...rate].map(String);
  const robot = add(new Robot(server.port, flags, { statsEvery, program }));
  await robot.online();
  return robot;
}

const viewerScript = readFileSync(`${root}bench/lib/viewer.js`, "utf8");

/** A page of the server with the library and the functions of `viewer.js`, not yet connected. */
export async function viewerPage(browser, server, { width } = {}) {
  const page = await browser.newPage();
  await page.goto(`${server.url}/healthz`);
  await page.setContent(`<style>body { margin: 0 } video { display: block; width: ${width ? `${width}px` : "auto"} }</style>`);
  await page.addScriptTag({ url: `${server.url}/rtcbot.js` });
  await page.addScriptTag({ content: viewerScript });
  return page;
}

/** A browser with such a page. */
export async function startViewer(add, server, options) {
  return viewerPage(add(await launch()), server, options);
}

/** Connects `count` further viewers, one after the other; returns the ms from the click to offer, answer, connection and frame of each. */
export function connect(page, count = 1) {
  return page.evaluate((many) => window.viewers.connect(many), count);
}

/** Closes all viewers of the page and waits until the robot has noticed. */
export async function disconnect(page, robot) {
  await page.evaluate(() => window.viewers.close());
  await nobodyWatches(robot);
}

export function nobodyWatches(robot, limit) {
  return robot.statsWhere("everybody to be gone", (stats) => stats.viewers.length === 0 && stats.camera.viewers === 0, limit);
}

/** Runs the bare encoder for `seconds` and returns its output line. */
export async function bareEncoder(add, picture, seconds, more = []) {
  const args = ["--width", picture.width, "--height", picture.height, "--fps", 30, "--kbps", picture.kbps, "--seconds", seconds];
  const encoder = add(new Program(`${bin}/encode_bare`, [...args.map(String), ...more]));
  const exit = await encoder.ended;
  if (exit.code !== 0) throw new Error(`encode_bare ended with ${JSON.stringify(exit)}:\n${encoder.log()}`);
  const line = await eventually("the line of encode_bare", () => encoder.lines.find(({ text }) => text.startsWith("{")));
  return JSON.parse(line.text);
}
