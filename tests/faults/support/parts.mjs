// What several fault tests are made of.
import assert from "node:assert/strict";
import { freshFrames, watchFrames } from "../../lib/browser.mjs";
import { Program, freePort, root } from "../../lib/programs.mjs";
import { RawSocket } from "../../lib/raw_socket.mjs";

/** The tutorial's server in C++, with the tutorial's page. */
export async function exampleServer(add) {
  const port = await freePort();
  const server = add(new Program("example-server", [`${root}examples/tutorial.html`, String(port)]));
  await server.line(/Open http/);
  return Object.assign(server, { port, url: `http://127.0.0.1:${port}` });
}

/** A robot by hand; a bare one, as RTCBot's are, unless `options` name a protocol. */
export async function rawRobot(add, server, options) {
  const socket = add(await RawSocket.dial(server.port, options));
  assert.equal(socket.status, 101, JSON.stringify(socket.refusal));
  return socket;
}

/** What the server tells of its robots. */
export async function robotsOf(server) {
  return (await (await fetch(`${server.url}/api/robots`)).json()).robots;
}

export async function metricsOf(server) {
  return (await fetch(`${server.url}/metrics`)).text();
}

/** A page of the server's that shows the robot's picture. `init` runs in it before anything else. */
export async function watch(browser, server, init) {
  const page = await browser.newPage();
  if (init) await page.addInitScript(init);
  await page.goto(`${server.url}/`);
  await watchFrames(page);
  await freshFrames(page, 10);
  return page;
}

/** How many viewers are connected, out of a robot's figures. */
export const connected = (stats) => stats.viewers.filter(({ state }) => state === "connected").length;
