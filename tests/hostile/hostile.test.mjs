// Viewers who mean harm, all the time: they speak ICE, DTLS and SCTP as a browser does, and then send what no browser sends. Meanwhile
// somebody drives the same robot from a page.
//
// HOSTILE_SECONDS=3600 HOSTILE_SEED=7 node --test tests/hostile/*.test.mjs: for an hour, with these inputs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../lib/browser.mjs";
import { DRIVEN, DrivenRobot, openConsole, press, take } from "../lib/driven.mjs";
import { PATIENCE, Program, eventually, startServer, withAll } from "../lib/programs.mjs";

const SECONDS = Number(process.env.HOSTILE_SECONDS ?? 60);
const SEED = Number(process.env.HOSTILE_SEED ?? 20261129);
const peer = fileURLToPath(new URL("support/hostile_peer.py", import.meta.url));
/** kB of its own that a process may have more at the end: caches and the heap's slack, far less than a leak in a minute of this makes. */
const GROWTH = 60_000;

const memoryOf = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

/** The cases that ended, as the peers report them. */
function ends(hostile) {
  return hostile.lines.filter(({ text }) => text.startsWith('{"ends"')).map(({ text }) => JSON.parse(text));
}

/** How often each text stands in the list, least often first. */
function counted(list) {
  const counts = new Map();
  for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort((a, b) => a[1] - b[1]);
}

/**
 * One press of the driver's key: whether it moved the robot. A page that heard nothing for a second, as on a machine that pauses, has dialled
 * again by itself; then the person takes the controls again.
 */
async function movesTheRobot(page, robot) {
  try {
    if ((await page.locator("#act").textContent()) === "Drive") await take(page, robot);
    await press(page, "w", robot.output("the robot to move", ({ moving, axes }) => moving && axes[1] > 0, 5_000));
    return true;
  } catch {
    return false;
  } finally {
    await page.keyboard.up("w");
  }
}

test(`hostile viewers for ${SECONDS} s end neither the robot nor its engine, and nobody's driving (seed ${SEED})`, () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new DrivenRobot(server.port, [...DRIVEN, "--max-viewers", "40"]));
  await robot.online();
  const browser = add(await launch());
  const page = await openConsole(browser, `${server.url}/`);
  await robot.driveOff(page);
  await page.keyboard.up("w");
  const before = robot.figures();
  const [engine] = robot.engines();
  const engineBefore = memoryOf(engine);

  const hostile = add(new Program("/usr/bin/python3", ["-B", peer, server.url, "--seed", String(SEED), "--seconds", String(SECONDS)]));
  const over = () => hostile.lines.some(({ text }) => text.startsWith('{"over"'));
  let [presses, longest, lastAt] = [0, 0, Date.now()];
  const deadline = Date.now() + (SECONDS + 90) * 1000;
  while (!over()) {
    assert.equal(robot.exit, null, robot.log());
    assert.ok(Date.now() < deadline, `the hostile peers did not end:\n${hostile.log()}`);
    if (await movesTheRobot(page, robot)) {
      longest = Math.max(longest, Date.now() - lastAt);
      lastAt = Date.now();
      presses++;
    }
  }
  longest = Math.max(longest, Date.now() - lastAt);

  assert.deepEqual(await hostile.exits(), { code: 0, signal: null });
  const cases = ends(hostile);
  const done = cases.filter(({ outcome }) => outcome === "done");
  const kinds = new Set(cases.map(({ kind }) => kind)).size;
  for (const [outcome, count] of counted(cases.map(({ kind, outcome }) => `${kind} ${outcome}`))) console.log(`${count} ${outcome}`);
  console.log(`${cases.length} cases of ${kinds} kinds, ${done.length} done; ${presses} presses moved the robot, ${longest} ms apart at most`);
  assert.ok(presses > SECONDS / 2 && longest < PATIENCE, "the driver drives on");
  assert.ok(done.length > SECONDS / 6, `only ${done.length} cases came to their end:\n${hostile.log()}`);
  assert.deepEqual(robot.lines.filter(({ text }) => /WebRTC engine ended/.test(text)), []);
  assert.deepEqual(robot.engines(), [engine], "the same engine");
  await robot.driveOff(page);
  await page.keyboard.up("w");
  await eventually("threads and descriptors as before", () => {
    const now = robot.figures();
    return now.threads <= before.threads + 2 && now.descriptors <= before.descriptors + 2;
  }, PATIENCE);
  const [robotNow, engineNow] = [robot.figures().rss, memoryOf(engine)];
  assert.ok(robotNow < before.rss + GROWTH, `the robot: ${before.rss} kB before, ${robotNow} kB after`);
  assert.ok(engineNow < engineBefore + GROWTH, `its engine: ${engineBefore} kB before, ${engineNow} kB after`);
  console.log(`robot ${before.rss} -> ${robotNow} kB, engine ${engineBefore} -> ${engineNow} kB`);
}));
