// `rtcbot-robot --check`: each of its lines is true, and a robot that runs meanwhile is not disturbed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Robot, bin, freePort, startServer, withAll } from "../lib/programs.mjs";
import { Credentials } from "./support/credentials.mjs";

const ENVIRONMENT = { RTCBOT_RATE_FILE: "none", RTCBOT_STOP_FILE: "none" };

/** Its exit code, and its findings by what they are about: [grade, sentence, advice]. */
async function check(server, args = [], env = {}) {
  const child = spawn(`${bin}/rtcbot-robot`, ["--check", "--server", server, "--camera", "test", ...args],
    { env: { ...process.env, ...ENVIRONMENT, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let said = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const late = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [code] = await new Promise((resolve) => child.on("close", (...how) => resolve(how)));
  clearTimeout(late);
  assert.notEqual(code, null, `it did not end within a minute:\n${text}${said}`);
  const findings = {};
  let last = null;
  for (const line of text.split("\n").filter(Boolean)) {
    const [, grade, what, found] = /^(ok|warning|FAILED) +(server|clock|motors|TURN server|STUN server|camera(?: \S+)?) +(.*)$/.exec(line) ?? [];
    if (grade) findings[what] = last = [grade, found];
    else last.push(line.trim());
  }
  return { code, findings, text, said };
}

const open = (server, path = "/ws") => `ws://127.0.0.1:${server.port}${path}`;

test("a robot that is fit hears so of each part, and is not put in the place of one that runs", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  const { dials } = robot.stats();
  const { code, findings, text } = await check(open(server), ["--drive", "exec:cat"]);
  assert.equal(code, 0, text);
  assert.match(findings.server.join(" "), /^ok .*accepts this robot .*/);
  assert.notEqual(findings.clock[0], "FAILED", text);
  assert.match(findings.camera.join(" "), /^ok test: (H264|VP8) by \w+/);
  assert.match(findings.motors.join(" "), /^ok exec:cat: the program cat exists$/);
  assert.equal(findings["TURN server"][0], "warning", "this server names no relay");
  const stats = await robot.statsWhere("further figures", ({ online }) => online);
  assert.equal(stats.dials, dials, "the robot that runs was not replaced");
}));

test("a credential is looked at as the robot's own is", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  credentials.run(["secret", "make"]);
  const server = add(await credentials.start());
  const url = open(server, "/rover");
  const with_ = (token) => check(url, ["--drive", "none"], { RTCBOT_TOKEN: token });

  const good = await with_(credentials.token("robot", ["rover"]));
  assert.equal(good.code, 0, good.text);
  assert.equal(good.findings.server[0], "ok");
  assert.match(good.findings.motors.join(" "), /warning .*accepts no commands/);

  const none = await check(url);
  assert.equal(none.code, 1);
  assert.match(none.findings.server.join(" "), /FAILED .*token.*--token-file/s);
  for (const token of [credentials.token("robot", ["other"]), credentials.token("drive", ["rover"])]) {
    const refused = await with_(token);
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.findings.server.join(" "), /FAILED .*not for a robot of this name/);
  }
  const named = await check(open(server), ["--name", "rover"], { RTCBOT_TOKEN: credentials.token("robot", ["rover"]) });
  assert.equal(named.findings.server[0], "ok", "--name counts, as it does for the robot");
}));

test("a name that is another's is said to be so", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  credentials.run(["secret", "make"]);
  const server = add(await credentials.start());
  const owned = (owner) => credentials.token("robot", ["rover"], ["--owner", owner]);
  const robot = add(new Robot(server.port, [], { path: "/rover", env: { RTCBOT_TOKEN: owned("ann") } }));
  await robot.online();
  const { code, findings, text } = await check(open(server, "/rover"), [], { RTCBOT_TOKEN: owned("bob") });
  assert.equal(code, 1, text);
  assert.match(findings.server.at(-1), /--name/);
}));

test("what is broken is named, with what to do", () => withAll(async (add) => {
  const nobody = `ws://127.0.0.1:${await freePort()}/ws`;
  const { code, findings, text } = await check(nobody, ["--drive", "serial:/dev/there-is-none", "--drive", "exec:no-such-program"]);
  assert.equal(code, 1, text);
  assert.match(findings.server.join(" "), /^FAILED cannot connect/);
  assert.equal(findings.motors[0], "FAILED");
  assert.match(text, /FAILED +motors +serial:\/dev\/there-is-none/);
  assert.match(text, /FAILED +motors +exec:no-such-program: the program 'no-such-program' does not exist/);
  const camera = await check(nobody, ["--camera", "gone=/dev/video99"]);
  assert.match(camera.text, /FAILED +camera gone +\/dev\/video99 is missing\n +(This machine has no camera|Cameras of this machine)/);
}));

test("each way in which a program cannot be started has its own remedy", () => withAll(async (add) => {
  const nobody = `ws://127.0.0.1:${await freePort()}/ws`;
  const folder = mkdtempSync(`${tmpdir()}/rtcbot-check-`);
  add({ stop: () => rmSync(folder, { recursive: true }) });
  writeFileSync(`${folder}/plain.py`, "#!/usr/bin/env python3\n", { mode: 0o644 });
  writeFileSync(`${folder}/lost`, "#!/usr/bin/pythn\n", { mode: 0o755 });
  const { text } = await check(nobody, [`exec:${folder}`, `exec:${folder}/plain.py`, `exec:${folder}/lost`, "exec:no-such-program"]
    .flatMap((where) => ["--drive", where]));
  const after = (fault) => new RegExp(`${fault}.*\\n +(.*)`).exec(text)?.[1];
  assert.match(after("is a folder"), /^Name the program in it/);
  assert.match(after("is not executable"), /^Make it executable: chmod \+x/);
  assert.match(after("'/usr/bin/pythn', does not exist"), /^Install it, or correct the first line of/);
  assert.match(after("'no-such-program' does not exist"), /^Install it, or write its whole path/);
  assert.doesNotMatch(text, /dialout/, "nothing here is a serial port");
}));

test("an encoder that is not installed is named, with what brings it; one that does not exist is refused", () => withAll(async () => {
  const nobody = `ws://127.0.0.1:${await freePort()}/ws`;
  const { findings } = await check(nobody, ["--encoder", "nvv4l2h264enc"]);
  assert.equal(findings.camera[0], "warning");
  assert.match(findings.camera[1], /VP8 by vp8enc.*nvv4l2h264enc does not exist here$/);
  assert.match(findings.camera[2], /^For this encoder: only NVIDIA's Jetson boards have it/);
  const mistyped = await check(nobody, ["--encoder", "x264"]);
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.said, /^--encoder: 'x264' is not possible; use auto, .*; did you mean x264enc\?/);
}));

test("a web server that is no robots' server is called so", () => withAll(async (add) => {
  const web = createServer((_, response) => response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not found</h1>"));
  web.on("upgrade", (_, socket) => socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
  await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
  add({ stop: () => new Promise((resolve) => web.close(resolve)) });
  const { findings } = await check(`ws://127.0.0.1:${web.address().port}/ws`);
  assert.match(findings.server.join(" "), /^FAILED .*404.*path of --server/s);
}));

test("a relay that does not answer is not reached", () => withAll(async (add) => {
  const port = await freePort();
  const server = add(await startServer(["--turn", `turn:127.0.0.1:${port}`, "--turn-username", "u"], { env: { RTCBOT_TURN_CREDENTIAL: "p" } }));
  const { code, text } = await check(open(server));
  assert.equal(code, 1, text);
  assert.match(text, new RegExp(`FAILED +TURN server +turn:127.0.0.1:${port} is unreachable`));
}));
