// Real NATS servers, several of our servers on them, and robots by hand.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer, markOf } from "../../lib/offers.mjs";
import { Program, eventually, freePort, startServer } from "../../lib/programs.mjs";
import { RawSocket } from "../../lib/raw_socket.mjs";

/** Debian's nats-server with JetStream, on loopback; what it stores is in a folder of its own that goes with it. */
export class NatsServer {
  static async start(add, options = {}) {
    const nats = new NatsServer(await freePort(), options);
    add(nats);
    await nats.begin();
    return nats;
  }

  /** Three that are one, on loopback. */
  static async startCluster(add, size = 3) {
    const routes = await Promise.all(Array.from({ length: size }, freePort));
    const all = await Promise.all(routes.map(async (route, i) => new NatsServer(await freePort(), {
      name: `n${i}`, route, routes })));
    all.forEach(add);
    await Promise.all(all.map((nats) => nats.begin()));
    return all;
  }

  constructor(port, { config = "", name = "n", route, routes } = {}) {
    this.port = port;
    this.url = `nats://127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-nats-"));
    const cluster = route === undefined ? "" : `cluster { name: test, listen: "127.0.0.1:${route}", routes: [
      ${routes.map((other) => `"nats://127.0.0.1:${other}"`).join(", ")}] }`;
    this.file = join(this.folder, "nats.conf");
    writeFileSync(this.file, `listen: "127.0.0.1:${port}"\nserver_name: ${name}\n` +
      `jetstream { store_dir: "${join(this.folder, "store")}" }\n${cluster}\n${config}\n`);
  }

  async begin() {
    this.program = new Program("/usr/sbin/nats-server", ["-c", this.file]);
    await this.program.line(/Server is ready/);
  }

  /** At once and without a word. */
  async kill() {
    await this.program.kill();
  }

  /** All that it has stored. */
  forget() {
    rmSync(join(this.folder, "store"), { recursive: true, force: true });
  }

  signal(name) {
    this.program.signal(name);
  }

  async stop() {
    this.program?.signal("SIGCONT");
    await this.program?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One of our servers, when it has joined the others. */
export async function startJoined(add, nats, args = []) {
  const urls = [nats].flat().flatMap(({ url }) => ["--nats", url]);
  const server = add(await startServer([...urls, ...args]));
  await isReady(server);
  return server;
}

export async function startFleet(add, { size = 3, args = [] } = {}) {
  const nats = await NatsServer.start(add);
  const servers = [];
  for (let i = 0; i < size; i++) servers.push(await startJoined(add, nats, args));
  await eventually("all to know of each other", async () => {
    const counts = await Promise.all(servers.map((server) => metric(server, "rtcbot_cluster_servers")));
    return counts.every((count) => count === size - 1);
  });
  return { nats, servers };
}

export const readiness = async (server) => {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, text: await response.text() };
};
export const isReady = (server) => eventually("the server to be ready", async () => (await readiness(server)).status === 200);
export const isNotReady = (server, pattern) => eventually(`the server not to be ready: ${pattern}`, async () => {
  const { status, text } = await readiness(server);
  return status === 503 && pattern.test(text);
});

/** A figure of `/metrics`. */
export async function metric(server, name) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const found = new RegExp(`^${name.replace(/[{}"]/g, "\\$&")} (\\S+)$`, "m").exec(text);
  assert.ok(found, `${name} in\n${text}`);
  return Number(found[1]);
}

export async function robotsOf(server) {
  return (await (await fetch(`${server.url}/api/robots`)).json()).robots;
}

/** Waits until these and no other robots are listed at each of the servers. */
export async function listed(servers, names) {
  const wanted = JSON.stringify([...names].sort());
  for (const server of [servers].flat()) {
    let last;
    await eventually(() => `${wanted} to be listed; last ${last}`, async () => {
      last = JSON.stringify((await robotsOf(server)).map(({ name }) => name).sort());
      return last === wanted;
    });
  }
}

/** A robot by hand that says nothing by itself. */
export async function silentRobot(add, server, name, options = {}) {
  const socket = add(await RawSocket.dial(server.port, { path: name ? `/${name}` : "/ws", ...options }));
  assert.equal(socket.status, 101, JSON.stringify(socket.refusal));
  return socket;
}

/** A bare robot that answers each offer at once, with the offer's mark and its own name. */
export async function answeringRobot(add, server, name, options) {
  const socket = await silentRobot(add, server, name, options);
  const reply = (text) => socket.send(answer(`${markOf(JSON.parse(text))} by ${name}`));
  socket.texts.forEach(reply);
  socket.onText = reply;
  return socket;
}
