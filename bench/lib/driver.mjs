// A user who drives a robot over the link laboratory, with the real page and real keys.
import { launch } from "../../tests/lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole } from "../../tests/lib/driven.mjs";
import { startServer } from "../../tests/lib/programs.mjs";
import { openPlace } from "./radio_link.mjs";

/**
 * Opens server and browser at one end, and the robot at the other.
 * @param {(thing: any) => any} add @param {{up: string, down?: string, delay: number, loss?: string}} link
 */
export async function openDriver(add, link, { flags = [], init } = {}) {
  const place = await openPlace(add, link);
  const { a, b } = place;
  const server = add(await startServer([], { address: "0.0.0.0", prefix: b.prefix }));
  await place.begin();
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, ...flags], { host: b.address, prefix: a.prefix, statsEvery: 0.5 }));
  await robot.online();
  const browser = add(await launch({ executablePath: b.wrapperOf("/usr/bin/chromium", place.directory) }));
  const page = await openConsole(browser, `http://${b.address}:${server.port}/`, { init });
  return { place, robot, page, server };
}
