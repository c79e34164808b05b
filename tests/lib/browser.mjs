// Debian's Chromium, driven by playwright-core.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { root } from "./programs.mjs";

const { chromium } = createRequire(`${root}web/package.json`)("playwright-core");

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** @param {{autoplay?: boolean, flags?: string[], executablePath?: string}} options
 *   autoplay: play with sound without a click, as tests mostly want */
export function launch(options) {
  return chromium.launch(launchOptions(options));
}

function launchOptions({ autoplay = true, flags = [], executablePath = "/usr/bin/chromium" } = {}) {
  const policy = autoplay ? ["--autoplay-policy=no-user-gesture-required"] : [];
  return { executablePath, headless: true, args: [...FLAGS, ...policy, ...flags] };
}

/** A browser with `kill()`, which ends all its processes at once and without a word, as when its battery is taken out. */
export async function launchKillable(options) {
  const server = await chromium.launchServer(launchOptions(options));
  const { pid } = server.process(); // it leads a group of its own, in which all its helpers are
  const ended = new Promise((resolve) => server.on("close", resolve));
  const browser = await chromium.connect(server.wsEndpoint());
  browser.kill = async () => {
    process.kill(-pid, "SIGKILL");
    await ended;
  };
  browser.stop = () => server.close();
  return browser;
}

/** Keeps every connection that the page makes from now on in `__peers`, for its figures. */
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

/** Gives the page `frames()`: what its first video has shown since `watchFrames`, with the age coded in each picture. */
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

/** The frames seen since `watchFrames`. */
export function frames(page) {
  return page.evaluate(() => window.__seen ?? []);
}

/** Waits until `count` frames more have been shown, the newest with a legible time stamp less than `age` ms old. */
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
