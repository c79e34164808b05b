// The page's own video receiver beside the <video>: the age of each picture when it is shown, by the robot's capture time. In turns on the
// same robot: the <video> alone, and both on one page.
import { launch } from "../tests/lib/browser.mjs";
import { round, row, spread } from "./lib/figures.mjs";
import { busyMeter, pause } from "./lib/machine.mjs";
import { nobodyWatches, startRobot, PICTURES } from "./lib/rig.mjs";

export const title = "The page's own video receiver";

/** Connects, with or without the receiver, and keeps the age of each frame that either of the two shows in `window.ages`. */
function watchInPage(withReceiver) {
  const [video, canvas] = [document.querySelector("video"), document.querySelector("canvas")];
  const onFrame = (frame) => note("canvas", frame.drawnAt, frame.rtp);
  const receiver = withReceiver ? new window.rtcbotReceiver.VideoReceiver(canvas, { onFrame }) : undefined;
  const link = window.rtcbot.connect({ url: "/connect", video, receiver });
  window.link = link;
  window.ages = { canvas: [], video: [] };
  const note = (which, at, rtp) => {
    const takenAt = link.connection?._statistics._watch?.takenAt(performance.now(), rtp);
    if (takenAt) window.ages[which].push(at + Date.now() - performance.now() - takenAt);
  };
  const onVideoFrame = (now, { presentationTime, rtpTimestamp }) => {
    note("video", presentationTime ?? now, rtpTimestamp);
    video.requestVideoFrameCallback(onVideoFrame);
  };
  video.requestVideoFrameCallback(onVideoFrame);
}

async function watch(add, server, robot, withReceiver, seconds) {
  const browser = add(await launch());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${server.url}/healthz`);
  const style = "<style>video, canvas { position: absolute; inset: 0 } [hidden] { display: none }</style>";
  await page.setContent(`${style}<video autoplay muted playsinline></video><canvas hidden></canvas>`);
  for (const name of ["rtcbot.js", "rtcbot-receiver.js"]) await page.addScriptTag({ url: `${server.url}/${name}` });
  await page.evaluate(watchInPage, withReceiver);
  await page.waitForFunction(() => window.ages.video.length > 60, null, { timeout: 120_000 });
  await page.evaluate(() => Object.values(window.ages).forEach((ages) => ages.splice(0)));
  const meter = busyMeter();
  await pause(seconds);
  const busy = meter();
  const { ages, stages } = await page.evaluate(() => ({ ages: window.ages, stages: window.link.stats.receiver?.stages ?? null }));
  await browser.close();
  await nobodyWatches(robot);
  return { ages, stages, busy };
}

export async function run({ add, quick }) {
  const [rounds, seconds] = quick ? [2, 5] : [5, 10];
  const figures = {};
  for (const picture of PICTURES) {
    const { server, robot } = await startRobot(add, picture, { statsEvery: 1 });
    const alone = { video: [], busy: [] };
    const both = { video: [], canvas: [], busy: [], stages: null };
    for (let i = 0; i < rounds; i++) {
      const plain = await watch(add, server, robot, false, seconds);
      alone.video.push(...plain.ages.video);
      alone.busy.push(plain.busy);
      const own = await watch(add, server, robot, true, seconds);
      both.video.push(...own.ages.video);
      both.canvas.push(...own.ages.canvas);
      both.busy.push(own.busy);
      both.stages = own.stages;
    }
    figures[picture.name] = {
      alone: spread(alone.video), beside: spread(both.video), canvas: spread(both.canvas), stages: both.stages,
      busy: { alone: mean(alone.busy), both: mean(both.busy) },
    };
    await robot.stop();
  }
  return { figures, rows: Object.entries(figures).flatMap(([name, of]) => rowsOf(name, of)), notes: [NOTE] };
}

const mean = (values) => round(values.reduce((a, b) => a + b, 0) / values.length, 2);

const NOTE = "Capture to shown, by the capture time in the robot's packets; both ends have this machine's clock. Shown: of the <video> when the " +
  "browser passes the picture to the compositor (presentationTime), of the canvas when drawImage has returned. The <video> alone and " +
  "the page with both take turns. Headless Chromium without a GPU.";

function rowsOf(name, { alone, beside, canvas, stages, busy }) {
  const three = ({ p50, p95, max }) => `${p50} / ${p95} / ${max} ms`;
  const steps = stages && `arrival ${round(stages.arrival)}, decode ${round(stages.decode)}, draw ${round(stages.draw)} ms`;
  return [
    row(`${name}: the <video> alone, p50 / p95 / max`, three(alone), { beside: `${busy.alone} cores busy in all` }),
    row(`${name}: the receiver's canvas`, three(canvas), { beside: `${busy.both} cores busy in all; medians: ${steps}` }),
    row(`${name}: the <video> beside the receiver`, three(beside)),
  ];
}
