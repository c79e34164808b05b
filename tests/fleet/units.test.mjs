// systemd's own judgement of the units in deploy/, without a systemd that runs.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root, withAll } from "../lib/programs.mjs";

const UNITS = ["rtcbot-server.service", "rtcbot-server.socket", "rtcbot-robot.service"];

/** The units with a program that is there in place of the installed ones. */
function copies(add) {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-units-"));
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  return UNITS.map((name) => {
    const text = readFileSync(`${root}deploy/systemd/${name}`, "utf8").replace(/\/usr\/bin\/rtcbot-\w+/, "/bin/true");
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
}

test("systemd understands every line of the units", async () => {
  await withAll(async (add) => {
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...copies(add)], { encoding: "utf8" });
    assert.deepEqual({ status, said: stdout + stderr }, { status: 0, said: "" });
  });
});

for (const [name, most] of [["rtcbot-server.service", 15], ["rtcbot-robot.service", 19]]) {
  test(`${name} can do little harm: exposure of at most ${most / 10} of 10`, () => {
    // Ends with an error where the exposure is above the threshold.
    const said = execFileSync("systemd-analyze", ["security", "--offline=true", `--threshold=${most}`, `${root}deploy/systemd/${name}`],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    assert.match(said, /Overall exposure level/);
  });
}
