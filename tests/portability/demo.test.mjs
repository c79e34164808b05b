// script/demo is for a first look: only the machine that it runs on can open it, unless --lan is given.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Program, bin, eventually, freePort, root, withAll } from "../lib/programs.mjs";

const demo = (args, programs) => new Program(`${root}script/demo`, args, { env: { RTCBOT_BIN: programs } });

/** Whether something accepts a connection there. */
const accepts = (host, port) => new Promise((resolve) => {
  const socket = connect({ host, port }, () => (socket.destroy(), resolve(true)));
  socket.on("error", () => resolve(false));
});

/** Programs that only write down their words; the server also listens, on loopback. */
class Actors {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-demo-"));
    this.#add("rtcbot-server", "require('net').createServer().listen(process.argv[process.argv.indexOf('--port') + 1], '127.0.0.1')");
    this.#add("rtcbot-robot", "setInterval(() => {}, 1000)");
  }

  #add(name, body) {
    const file = join(this.folder, name);
    writeFileSync(file, `#!/usr/bin/env node\nrequire("fs").writeFileSync(__filename + ".words", process.argv.slice(2).join(" "));\n${body}\n`);
    chmodSync(file, 0o755);
  }

  async words(name) {
    const file = join(this.folder, `${name}.words`);
    await eventually(`${name} to start`, () => existsSync(file) && readFileSync(file, "utf8"));
    return readFileSync(file, "utf8");
  }

  close() {
    rmSync(this.folder, { recursive: true });
  }
}

test("the demo listens on loopback, and prints an address that answers", () => withAll(async (add) => {
  const port = await freePort();
  const shown = add(demo(["--port", String(port)], bin));
  const line = await shown.line(/Open {2}http/);
  const url = /http:\/\/localhost:\d+/.exec(line)?.[0];
  assert.equal(url, `http://localhost:${port}`);
  assert.match(line, /only from this machine; script\/demo --lan opens it to your network/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  assert.equal(await accepts("127.0.0.2", port), false, "another address of this machine");
  await shown.line(/Press Drive, then W\./);
  await shown.line(/session: online/);
}));

test("--lan opens it to the network and prints the address for other devices", () => withAll(async (add) => {
  const actors = add(new Actors());
  const port = await freePort();
  const shown = add(demo(["--lan", "--port", String(port)], actors.folder));
  assert.match(await shown.line(/Open {2}http/), /from another device: http:\/\/.+:\d+\)/);
  assert.match(await actors.words("rtcbot-server"), /--address 0\.0\.0\.0 /);
}));

test("with a camera nothing is said of driving, which is not possible then", () => withAll(async (add) => {
  const actors = add(new Actors());
  const shown = add(demo(["--camera", "auto", "--port", String(await freePort())], actors.folder));
  await shown.line(/Ctrl-C ends server and robot/);
  assert.ok(!shown.lines.some(({ text }) => text.includes("Press Drive")));
  assert.match(await actors.words("rtcbot-robot"), /--camera auto$/);
  assert.match(await actors.words("rtcbot-server"), /--address 127\.0\.0\.1 /);
}));
