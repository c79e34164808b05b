// The senders of the picture: ours, and those it is compared with. Each has `answer(offer)`, its costs, and its own report.
import { eventually, Program, Robot, root, startServer } from "../../tests/lib/programs.mjs";
import { browserAt, childrenWith, sourcePageAt, treeCpuSeconds } from "./radio_place.mjs";

const PICTURE = { width: 1280, height: 720, rate: 30 };
/** Maximum rate of all senders, kbit/s. */
export const CAP = 8_000;

/** Our server runs on the viewer's machine; the robot dials it over the link, as in the field. */
async function startOurs(add, { a, b }, { camera = "test:busy", flags = [] } = {}) {
  const server = add(await startServer([], { address: "0.0.0.0", prefix: b.prefix }));
  const robot = add(new Robot(server.port, ["--size", "1280x720", "--fps", "30", "--max-bitrate", String(CAP), "--log-level", "warning",
    ...flags], { host: b.address, prefix: a.prefix, camera, statsEvery: 0.5 }));
  await robot.online();
  return {
    url: server.url, program: robot, server,
    answer: (offer, page) => page.evaluate(async (body) => {
      const response = await fetch("/connect", { method: "POST", body: JSON.stringify(body) });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      return answer;
    }, offer),
    cpuSeconds: () => robot.cpuSeconds(),
    memory: () => robot.figures().rss,
    report: () => robot.stats(),
  };
}

async function startChromium(add, { a }, { degradation } = {}) {
  const before = new Set(childrenWith("chromium"));
  const browser = await browserAt(add, a);
  const [pid] = childrenWith("chromium").filter((one) => !before.has(one));
  const page = await sourcePageAt(browser);
  const options = { ...PICTURE, maxBitrate: CAP * 1000, degradation };
  return {
    page,
    answer: (offer) => page.evaluate(([given, how]) => window.robot.answer(given, how), [offer, options]),
    cpuSeconds: () => treeCpuSeconds(pid),
    memory: () => null, // memory shared by its processes cannot be separated
    report: () => page.evaluate(() => window.robot.sent()),
  };
}

/** A program that reads an offer as one line of JSON and answers with another. */
function startScript(add, { a }, script, args = []) {
  const program = add(new Program("/usr/bin/python3", ["-B", `${root}bench/lib/${script}`, ...args], { prefix: a.prefix }));
  const said = (key) => eventually(() => `${script} to say ${key}; it said:\n${program.log()}\n`, () => {
    if (program.exit) throw new Error(`${script} has ended:\n${program.log()}`);
    const lines = program.lines.filter(({ from, text }) => from === "out" && text.startsWith(`{"${key}"`));
    return lines.length > 0 && JSON.parse(lines.at(-1).text)[key];
  });
  return {
    program,
    answer: async (offer) => (program.say({ offer }), said("answer")),
    cpuSeconds: () => program.cpuSeconds(),
    memory: () => program.figures().rss,
    report: () => ({}),
  };
}

/** All senders; `codec`: the only one that the viewer then offers. */
export const SENDERS = {
  ours: { title: "ours", start: startOurs },
  "chromium-best": {
    title: "Chromium VP8, maintain-framerate", codec: "VP8",
    start: (add, place) => startChromium(add, place, { degradation: "maintain-framerate" }),
  },
  chromium: { title: "Chromium VP8", codec: "VP8", start: (add, place) => startChromium(add, place) },
  "chromium-h264": {
    title: "Chromium H.264, maintain-framerate", codec: "H264",
    start: (add, place) => startChromium(add, place, { degradation: "maintain-framerate" }),
  },
  aiortc: { title: "aiortc 1.4 VP8", codec: "VP8", start: (add, place) => startScript(add, place, "radio_aiortc.py") },
  "aiortc-h264": { title: "aiortc 1.4 H.264", codec: "H264", start: (add, place) => startScript(add, place, "radio_aiortc.py") },
  fixed: {
    title: "fixed 2 Mbit/s (webrtcbin)", codec: "H264",
    start: (add, place) => startScript(add, place, "radio_fixed.py", ["2000"]),
  },
};
