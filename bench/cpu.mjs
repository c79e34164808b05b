// What the robot costs with nobody, one and four watching, beside the bare encoder on the same picture at the same rate.
// The windows alternate, so that whatever else the machine does meets both; only the processes' own CPU time counts.
import { median, round, row } from "./lib/figures.mjs";
import { pause } from "./lib/machine.mjs";
import { bareEncoder, connect, disconnect, startRobot, startViewer, PICTURES } from "./lib/rig.mjs";

export const title = "CPU of the robot";

const TARGET = 1.2;

/** CPU seconds a minute and what was sent, over a window. */
async function windowOf(robot, seconds) {
  const sent = () => robot.stats().viewers.reduce((all, viewer) => all + viewer.bytes_sent, 0);
  const from = { at: Date.now(), cpu: robot.cpuSeconds(), sent: sent(), frames: robot.stats().camera.frames_encoded };
  await pause(seconds);
  const elapsed = (Date.now() - from.at) / 1000;
  return {
    cpu: ((robot.cpuSeconds() - from.cpu) * 60) / elapsed, kbps: ((sent() - from.sent) * 8e-3) / elapsed,
    fps: (robot.stats().camera.frames_encoded - from.frames) / elapsed,
  };
}

async function watched(page, robot, viewers, seconds) {
  await connect(page, viewers);
  await pause(2); // what belongs to connecting is not what belongs to watching
  const figures = await windowOf(robot, seconds);
  await disconnect(page, robot);
  return figures;
}

/** The bare encoder while a viewer watches: both then share the cores with the same browser. */
async function sideBySide(add, page, robot, picture, seconds) {
  await connect(page, 1);
  await pause(2);
  const [bare, robotFigures] = await Promise.all([bareEncoder(add, picture, seconds), windowOf(robot, seconds)]);
  await disconnect(page, robot);
  return { bare: bare.cpu_seconds_per_minute, robot: robotFigures.cpu };
}

async function measure(add, picture, { seconds, rounds }) {
  const { server, robot } = await startRobot(add, picture, { statsEvery: 1, fixed: true });
  const page = await startViewer(add, server, { width: 160 });
  const rested = (stats) => stats.camera.state === "closed";
  await watched(page, robot, 1, 1); // everything has been used once
  const bare = [];
  const one = [];
  for (let i = 0; i < rounds; i++) {
    await robot.statsWhere("the camera to be closed", rested);
    bare.push(await bareEncoder(add, picture, seconds));
    one.push(await watched(page, robot, 1, seconds));
  }
  const four = await watched(page, robot, 4, seconds);
  const both = await sideBySide(add, page, robot, picture, seconds);
  await robot.statsWhere("the camera to be closed", rested);
  const nobody = await windowOf(robot, seconds);
  await page.context().browser().close();
  await robot.stop();
  const bareWindows = bare.map((b) => ({ cpu: b.cpu_seconds_per_minute, kbps: b.kbit_per_second, fps: b.frames_per_second }));
  return { bare: medians(bareWindows), one: medians(one), four, nobody, both };
}

function medians(windows) {
  const of = (key) => median(windows.map((w) => w[key]));
  return { cpu: of("cpu"), kbps: of("kbps"), fps: of("fps"), all: windows.map((w) => round(w.cpu, 2)) };
}

export async function run({ add, quick }) {
  const figures = {};
  const extent = quick ? { seconds: 6, rounds: 1 } : { seconds: 15, rounds: 3 };
  for (const picture of PICTURES) figures[picture.name] = await measure(add, picture, extent);
  const rows = Object.entries(figures).flatMap(([name, of]) => rowsOf(name, of));
  return { figures, rows, notes: [NOTE] };
}

const NOTE = "CPU seconds a minute of the process, user and system; medians of the alternating windows. The bare encoder is encode_bare: the same " +
  "test picture, encoder and rate without WebRTC; the test picture needs less than the rate allows. Side by side: both at once, " +
  "under one and the same browser's load.";

function rowsOf(name, { bare, one, four, nobody, both }) {
  const per = (value) => `${round(value, 2)} s/min`;
  const ratio = one.cpu / bare.cpu;
  const core = (one.cpu - bare.cpu) / 60;
  const further = (four.cpu - one.cpu) / 3 / 60;
  const detail = ({ kbps, fps }) => `${Math.round(kbps)} kbit/s, ${round(fps)} frames/s`;
  const large = name === "1280x720";
  return [
    row(`${name}: nobody watches`, per(nobody.cpu)),
    row(`${name}: bare encoder`, per(bare.cpu), { beside: `${detail(bare)}; windows ${bare.all.join(", ")}` }),
    row(`${name}: one viewer`, per(one.cpu), { beside: `${detail(one)}; windows ${one.all.join(", ")}` }),
    row(`${name}: one viewer, against the bare encoder`, `${round(ratio, 2)} times, ${round(100 * core)} % of a core more`,
      { target: `${TARGET} times${large ? " (goal 3 %)" : ""}`, reached: ratio <= TARGET, beside: large ? "webrtcbin 3 % of a core (earlier)" : "" }),
    row(`${name}: side by side`, `${round(both.robot / both.bare, 2)} times`, { beside: `${per(both.robot)} and ${per(both.bare)}` }),
    row(`${name}: four viewers`, per(four.cpu), { beside: detail(four) }),
    row(`${name}: each further viewer`, `${round(100 * further)} % of a core`,
      large ? { target: "3 % (goal 1.5)", reached: further <= 0.03, beside: "webrtcbin 3 % (earlier)" } : {}),
  ];
}
