// Memory, threads and descriptors of the robot with nobody, one and four watching.
import { readFileSync } from "node:fs";
import { pause } from "./lib/machine.mjs";
import { round, row } from "./lib/figures.mjs";
import { connect, disconnect, startRobot, startViewer, PICTURES } from "./lib/rig.mjs";

export const title = "Memory, threads and descriptors";

/** Pss: memory with what other processes share divided among them. MB, as Rss. */
export function figuresOf(robot) {
  const pss = robot.processes()
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]))
    .reduce((sum, each) => sum + each);
  const { threads, descriptors, rss } = robot.figures();
  return { rss: round(rss / 1024), pss: round(pss / 1024), threads, descriptors };
}

export async function run({ add, quick }) {
  const { server, robot } = await startRobot(add, PICTURES[1], { statsEvery: 1 });
  const page = await startViewer(add, server, { width: 160 });
  const settled = async () => {
    await pause(quick ? 2 : 8);
    return figuresOf(robot);
  };
  const figures = { fresh: await settled() };
  await connect(page, 1);
  figures.one = await settled();
  await connect(page, 3);
  figures.four = await settled();
  await disconnect(page, robot);
  await robot.statsWhere("the camera to be closed", (stats) => stats.camera.state === "closed");
  figures.after = await settled();
  return { figures, rows: rowsOf(figures), notes: ["1280x720, encoder included."] };
}

function rowsOf({ fresh, one, four, after }) {
  const all = ({ rss, pss, threads, descriptors }) => `${rss} MB (Pss ${pss}), ${threads} threads, ${descriptors} descriptors`;
  const each = (key) => round((four[key] - one[key]) / 3);
  return [
    row("nobody yet", all(fresh)),
    row("one viewer", all(one),
      { target: "80 MB (goal 60)", reached: one.rss <= 80, beside: "webrtcbin 82 MB, aiortc 150, Chromium 1 GB (earlier)" }),
    row("four viewers", all(four)),
    row("each further viewer", `${each("rss")} MB, ${each("threads")} threads, ${each("descriptors")} descriptors`,
      { beside: "webrtcbin 3-4 MB, 11-14 threads (earlier)" }),
    row("nobody any more", all(after)),
  ];
}
