// The robot's and the viewer's machine with a link between them, and the programs on them.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "../../tests/lib/browser.mjs";
import { root } from "../../tests/lib/programs.mjs";

const script = (path) => readFileSync(`${root}${path}`, "utf8").replace(/^export (class|function|const)/gm, "$1");

/** The same flags for the viewer's browser and for a browser that is a robot. Plain addresses, because mDNS names cannot be resolved here. */
const FLAGS = ["--disable-features=WebRtcHideLocalIpsWithMdns", "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows"];

/** A browser on the machine with that prefix; it is controlled through a pipe, not a network. */
export async function browserAt(add, { prefix }) {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-radio-"));
  const executablePath = join(folder, "chromium");
  writeFileSync(executablePath, `#!/bin/sh\nexec ${prefix.join(" ")} /usr/bin/chromium "$@"\n`);
  chmodSync(executablePath, 0o755);
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  return add(await launch({ executablePath, flags: FLAGS }));
}

/** A trusted page (some interfaces need that) without a server. */
async function emptyPage(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.route("http://localhost/", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto("http://localhost/");
  return page;
}

/** @param {string} [url] a page of the server, if the viewer must talk to it */
export async function viewerPageAt(browser, url) {
  const page = url ? await browser.newPage({ viewport: { width: 1280, height: 720 } }) : await emptyPage(browser);
  if (url) await page.goto(`${url}/healthz`);
  await page.setContent("<style>body { margin: 0 } video { display: block; width: 1280px }</style><video autoplay muted playsinline></video>");
  await page.addScriptTag({ content: `{ ${script("web/test-support/stamp.js")}; window.readStamp = readStamp; }` });
  await page.addScriptTag({ content: script("bench/lib/radio_viewer.js") });
  return page;
}

export async function sourcePageAt(browser) {
  const page = await emptyPage(browser);
  await page.addScriptTag({ content: `{ ${script("bench/lib/radio_picture.js")}; window.BusyPicture = BusyPicture; }` });
  await page.addScriptTag({ content: script("bench/lib/radio_source.js") });
  return page;
}

function parentsOfAll() {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(Number(pid), Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1]));
    } catch {
      // It has ended since the directory was read.
    }
  }
  return parents;
}

/** CPU seconds used so far by a process and its descendants that still run. */
export function treeCpuSeconds(root_) {
  const parents = parentsOfAll();
  const isBelow = (pid) => pid === root_ || (parents.has(pid) && pid > 1 && isBelow(parents.get(pid)));
  let ticks = 0;
  for (const pid of parents.keys()) {
    if (!isBelow(pid)) continue;
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // As above.
    }
  }
  return ticks / 100;
}

/** The child processes of this process with `word` in their command line, newest last. */
export function childrenWith(word) {
  const parents = parentsOfAll();
  return [...parents.keys()].filter((pid) => {
    if (parents.get(pid) !== process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
    } catch {
      return false;
    }
  }).sort((a, b) => a - b);
}

/** Packets and bytes that have left a machine through its only cable. */
export function trafficOf({ name }, device) {
  const { stdout } = spawnSync("ip", ["-n", name, "-s", "-j", "link", "show", "dev", device], { encoding: "utf8" });
  const { tx, rx } = JSON.parse(stdout)[0].stats64;
  return { at: Date.now(), sent: tx.packets, sentBytes: tx.bytes, received: rx.packets, receivedBytes: rx.bytes };
}
