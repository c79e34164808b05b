// From the click to the first frame with `rtcbot.connect`: offers posted with all their candidates, against offers on the
// page's websocket whose candidates follow; here and over 50 ms, without and with a STUN server that is silent.
import { createSocket } from "node:dgram";
import { launch } from "../tests/lib/browser.mjs";
import { LinkLab } from "../tests/lib/linklab.mjs";
import { Robot, startServer, withAll } from "../tests/lib/programs.mjs";
import { median, row } from "./lib/figures.mjs";

export const title = "Candidates by themselves";

/** One more connection of a page whose websocket, if it has one, is open; ms until the first frame. */
function clickToFrame(page, socket) {
  return page.evaluate((wanted) => new Promise((resolve, reject) => {
    const video = document.createElement("video");
    video.muted = true;
    const options = { url: "/rover", video, socket: wanted };
    const late = setTimeout(() => reject(new Error("no frame within 20 s")), 20000);
    const link = window.rtcbot.connect({ ...options, reconnect: { nextDelay: () => 1000000 } });
    // The page has been open for a while, its websocket is there, and no try is under way: then somebody clicks.
    const rest = () => {
      link._connections.forEach((connection) => connection.close());
      if (wanted && !link._socket.canOffer) return void setTimeout(rest, 20);
      setTimeout(click, 200);
    };
    const click = () => {
      const start = performance.now();
      video.requestVideoFrameCallback(() => {
        clearTimeout(late);
        resolve(performance.now() - start);
        link.close();
      });
      link.retry();
    };
    rest();
  }), socket);
}

async function measure({ quick, delayMs, stun }) {
  return withAll(async (add) => {
    const lab = delayMs > 0 ? add(await LinkLab.start({ delayMs, up: "100M", down: "100M" })) : null;
    const place = lab ? { prefix: lab.a.prefix } : {};
    const address = lab ? lab.a.address : "127.0.0.1";
    let silent = [];
    if (stun && lab) silent = ["--stun", `stun:${lab.a.address}:3478`]; // nobody listens there, and the lab says nothing of it
    if (stun && !lab) {
      const socket = createSocket("udp4");
      await new Promise((resolve) => socket.bind(0, "127.0.0.1", resolve));
      add({ stop: () => new Promise((resolve) => socket.close(resolve)) });
      silent = ["--stun", `stun:127.0.0.1:${socket.address().port}`];
    }
    const server = add(await startServer(silent, { address, ...place }));
    const robot = add(new Robot(server.port, ["--max-viewers", "64"], { path: "/rover", host: address, ...place }));
    await robot.online();
    const browser = add(await launch(lab ? { executablePath: lab.b.wrapperOf("/usr/bin/chromium", lab.directory) } : {}));
    const page = await browser.newPage();
    await page.goto(`http://${address}:${server.port}/healthz`);
    await page.setContent("<p>");
    await page.addScriptTag({ url: `http://${address}:${server.port}/rtcbot.js` });
    const times = { post: [], socket: [] };
    await clickToFrame(page, false); // the camera and the codec are awake from now on
    for (let i = 0; i < (quick ? 3 : 10); i++) {
      times.post.push(await clickToFrame(page, false));
      times.socket.push(await clickToFrame(page, true));
    }
    return { post: median(times.post), socket: median(times.socket), n: times.post.length };
  });
}

const CASES = [
  { name: "here, no STUN server", delayMs: 0, stun: false },
  { name: "here, a silent STUN server", delayMs: 0, stun: true },
  { name: "50 ms away, no STUN server", delayMs: 25, stun: false },
  { name: "50 ms away, a silent STUN server", delayMs: 25, stun: true },
];

const NOTE = "A page that has been open for a while, so that its websocket is there; 50 ms is the round trip (bench/linklab).";

export async function run({ quick }) {
  const figures = {};
  for (const one of CASES) figures[one.name] = await measure({ quick, ...one });
  const rows = CASES.map(({ name }) => {
    const { post, socket, n } = figures[name];
    return row(`${name}, median of ${n}`, `${Math.round(socket)} ms`, { beside: `by POST ${Math.round(post)} ms` });
  });
  return { figures, rows, notes: [NOTE] };
}
