// Debian's Chromium, driven by playwright-core.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { root } from "./programs.mjs";

const { chromium } = createRequire(`${root}web/package.json`)("playwright-core");

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** @param {{autoplay?: boolean, flags?: string[], executablePath?: string}} options autoplay: play with sound without a click, as most tests need */
export function launch(options) {
  return chromium.launch(launchOptions(options));
}

function launchOptions({ autoplay = true, flags = [], executablePath = "/usr/bin/chromium" } = {}) {
  const policy = autoplay ? ["--autoplay-policy=no-user-gesture-required"] : [];
  return { executablePath, headless: true, args: [...FLAGS, ...policy, ...flags] };
}

/** A browser with `kill()`, which ends all its processes immediately and without a message, as after a power failure. */
export async function launchKillable(options) {
  const server = await chromium.launchServer(launchOptions(options));
  const { pid } = server.process(); // it leads its own process group, with all its helpers
  const ended = new Promise((resolve) => server.on("close", resolve));
  const browser = await chromium.connect(server.wsEndpoint());
  browser.kill = async () => {
    process.kill(-pid, "SIGKILL");
    await ended;
  };
  browser.stop = () => server.close();
  return browser;
}

/** Stores every later connection of the page in `__peers`, for statistics. */
export async function keepPeers(page) {
  await page.addInitScript(() => {
    const Plain = window.RTCPeerConnection;
    window.__peers = [];
    window.RTCPeerConnection = class extends Plain {
      constructor(...args) {
        super(...args);
        window.__peers.push(this);
      }
    };
  });
}

const stampSource = readFileSync(`${root}web/test-support/stamp.js`, "utf8").replace(/^export /gm, "").replace(/^\{\};?$/m, "");

/** Gives the page `frames()`: the frames of its first video since `watchFrames`, with the age coded in each picture. */
export async function watchFrames(page) {
  await page.evaluate(`(() => {
    ${stampSource}
    const seen = (window.__seen = []);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const watch = (video) => {
      const onFrame = (now, meta) => {
        const at = Date.now(); // before the pixels are read, which takes a while
        canvas.width = video.videoWidth;
        canvas.height = 16;
        context.drawImage(video, 0, 0, video.videoWidth, 16, 0, 0, video.videoWidth, 16);
        const stamp = readStampOfAnySize(context.getImageData(0, 0, video.videoWidth, 16));
        seen.push({ at, age: stamp === null ? null : stampAge(stamp, at), stamp, width: video.videoWidth,
          height: video.videoHeight, presented: meta.presentedFrames });
        if (seen.length > 5000) seen.splice(0, 2500);
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
    };
    const video = document.querySelector("video");
    if (video) watch(video);
  })()`);
}

/** The frames since `watchFrames`. */
export function frames(page) {
  return page.evaluate(() => window.__seen ?? []);
}

/** Waits for `count` further frames, the newest with a legible time stamp of less than `age` ms. */
export async function freshFrames(page, count = 10, { age = 2000, limit = 60_000 } = {}) {
  const before = (await frames(page)).length;
  await page.waitForFunction(
    ([from, many, oldest]) => {
      const seen = window.__seen ?? [];
      const fresh = seen.slice(Math.min(from, seen.length)).filter((f) => f.age !== null && f.age >= -5 && f.age < oldest);
      return fresh.length >= many;
    },
    [before, count, age],
    { timeout: limit, polling: 50 },
  );
  return (await frames(page)).slice(before);
}
