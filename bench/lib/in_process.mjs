// Builds the last robot with WebRTC in its own process, from the project's history, and measures the CPU seconds of building.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { root } from "../../tests/lib/programs.mjs";

const SOURCE = `${root}build/bench/in-process`;
const QUIET = { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] };

const git = (...words) => execFileSync("git", ["-C", root, ...words], QUIET).trim();

/** The last commit in which the robot creates its engine itself and builds: before the engine's header lost `make_engine`. */
function commit() {
  const left = git("log", "-1", "--format=%H", "-S", "make_engine", "--", "src/engine/include");
  if (!left) throw new Error("the history of this checkout does not reach back to the robot with WebRTC inside; fetch all of it");
  return `${left}^`;
}

/** Builds the robot program. @throws with the compiler's messages from standard output */
function build(folder) {
  try {
    execFileSync("cmake", ["--build", folder, "--target", "rtcbot-robot"], QUIET);
  } catch (error) {
    throw new Error(`${folder} does not build:\n${error.stdout.slice(-3000)}`);
  }
}

function configure(source, folder, ...flags) {
  execFileSync("cmake", ["-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", ...flags], QUIET);
}

/** Builds it once, in its own work tree. @returns {{source: string, bin: string}} */
export function inProcessPrograms() {
  const folder = `${SOURCE}/build/release`;
  if (!existsSync(`${SOURCE}/CMakeLists.txt`)) git("worktree", "add", "--force", "--detach", SOURCE, commit());
  configure(SOURCE, folder);
  build(folder);
  return { source: SOURCE, bin: `${folder}/bin` };
}

/** CPU seconds, user and system, of a full build of a source tree's robot program, without ccache. */
function cpuOfBuild(source, ...flags) {
  const folder = `${SOURCE}-timing`;
  rmSync(folder, { recursive: true, force: true });
  configure(source, folder, ...flags);
  const command = 'export CCACHE_DISABLE=1; cmake --build "$0" --target rtcbot-robot >/dev/null; times';
  const children = execFileSync("bash", ["-c", command, folder], QUIET).trim().split("\n").at(-1);
  rmSync(folder, { recursive: true, force: true });
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** @param {string} before the source tree that has WebRTC in the robot */
export function buildSeconds(before) {
  return { own: cpuOfBuild(root, "-DRTCBOT_BUILD_ENGINE=OFF"), inside: cpuOfBuild(before) };
}
