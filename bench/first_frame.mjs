// From the click to the first frame: from `new RTCConnection` in a loaded page to the first requestVideoFrameCallback.
import { connect, disconnect, startRobot, startRobotAt, startViewer, PICTURES } from "./lib/rig.mjs";
import { median, quantile, round, row } from "./lib/figures.mjs";

export const title = "Click to first frame";

const STEPS = [["offer", "offer ready"], ["answer", "answer back"], ["connected", "connected"], ["frame", "first frame"]];
const TARGET = 300;

async function oneConnection(page, robot) {
  const [marks] = await connect(page);
  await disconnect(page, robot);
  return marks;
}

/** The camera closes some seconds after its last viewer left; the next viewer then waits for it to open. */
async function afterTheCameraRested(page, robot) {
  await robot.statsWhere("the camera to be closed", (stats) => stats.camera.state === "closed");
  return oneConnection(page, robot);
}

export async function run({ add, quick }) {
  const { server, robot: coldRobot } = await startRobot(add, PICTURES[0]);
  const page = await startViewer(add, server);
  const firstOfBoth = await oneConnection(page, coldRobot);
  await coldRobot.stop();
  const robot = await startRobotAt(add, server, PICTURES[0]);
  const first = await oneConnection(page, robot);
  const repeated = [];
  for (let i = 0; i < (quick ? 6 : 20); i++) repeated.push(await oneConnection(page, robot));
  const rested = [];
  for (let i = 0; i < (quick ? 1 : 5); i++) rested.push(await afterTheCameraRested(page, robot));

  const at = (marks, step) => marks.map((mark) => mark[step]);
  const figures = {
    firstOfBoth, first, n: repeated.length, p50: median(at(repeated, "frame")), p95: quantile(at(repeated, "frame"), 0.95),
    rested: median(at(rested, "frame")), steps: Object.fromEntries(STEPS.map(([step]) => [step, median(at(repeated, step))])),
    all: at(repeated, "frame").map((ms) => round(ms)),
  };
  return { figures, rows: rowsOf(figures, rested.length), notes: [NOTE] };
}

const NOTE = "Loopback, host candidates, 640x480, the rates that are the default. " +
  "A repetition begins when the robot has seen the viewer before it go. " +
  "The steps are medians, counted from the click.";

function rowsOf(figures, rested) {
  const ms = (value) => `${Math.round(value)} ms`;
  const steps = (of) => STEPS.map(([step, name]) => `${name} ${Math.round(of[step])}`).join(", ");
  return [
    row(`median of ${figures.n}`, ms(figures.p50), {
      target: "300 ms (goal 150)", reached: figures.p50 <= TARGET, beside: "webrtcbin 269, aiortc 372, Chromium 439-489 (earlier)",
    }),
    row("its steps, ms", steps(figures.steps)),
    row("p95", ms(figures.p95)),
    row(`camera closed before, median of ${rested}`, ms(figures.rested), { target: "300 ms", reached: figures.rested <= TARGET }),
    row("the robot's first", ms(figures.first.frame), { beside: steps(figures.first) }),
    row("the robot's and the browser's first", ms(figures.firstOfBoth.frame), { beside: steps(figures.firstOfBoth) }),
  ];
}
