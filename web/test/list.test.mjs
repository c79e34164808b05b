// The list of robots in real Chromium, at the sizes of a desk and of a phone. Screenshots go to build/pictures.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Server, launch, read } from "./support/harness.mjs";

const pictures = fileURLToPath(new URL("../../build/pictures/", import.meta.url));
mkdirSync(pictures, { recursive: true });

/** A server's end of the websocket within the page: it tells of these robots. */
function tellRobots() {
  const robots = ["rover", "a-digger-with-a-name-of-many-letters-that-goes-on-and-on", "boat"].map((name, i) => (
    { name, online: i < 2, for_ms: 90_000, viewers: i, protocol: "rtcbot.v1", snapshot: i < 2 ? i + 1 : undefined }));
  window.WebSocket = class extends EventTarget {
    constructor() {
      super();
      this.readyState = 1;
      this.protocol = "rtcbot.page.v1";
      setTimeout(() => {
        this._tell("open", {});
        for (const message of [{ type: "welcome", ice_servers: [] }, { type: "presence", robots, more: false }]) {
          this._tell("message", { data: JSON.stringify(message) });
        }
      });
    }

    _tell(name, more) {
      const event = Object.assign(new Event(name), more);
      this[`on${name}`]?.(event);
      this.dispatchEvent(event);
    }

    send() {}
    close() {}
  };
}

for (const [width, height] of [[360, 560], [375, 548], [390, 664], [1280, 800]]) {
  test(`at ${width} x ${height} no robot's picture lies over its name`, async () => {
    const server = await new Server().start();
    const browser = await launch();
    try {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="teal"/></svg>';
      server.pages.set("/robots", ["text/html", await read("dist/list.html")]);
      for (const [name, number] of [["rover", 1], ["a-digger-with-a-name-of-many-letters-that-goes-on-and-on", 2]]) {
        server.pages.set(`/api/robots/${name}/snapshot.jpg?${number}`, ["image/svg+xml", svg]);
      }
      const page = await browser.newPage({ viewport: { width, height } });
      await page.addInitScript(tellRobots);
      await page.goto(`${server.url}/robots`);
      await page.waitForFunction(() => document.querySelectorAll("li").length === 3 && document.querySelectorAll("img").length === 2);
      await page.screenshot({ path: `${pictures}list-${width}.png` });
      const faults = await page.evaluate(() => [...document.querySelectorAll("li")].flatMap((item) => {
        const box = (node) => node.getBoundingClientRect();
        const [picture, words, whole] = [box(item.querySelector(".picture")), box(item.querySelector(".words")), box(item)];
        const isOver = picture.right > words.left + 1 && picture.bottom > words.top + 1;
        const isOut = whole.right > innerWidth || words.right > whole.right + 1 || picture.bottom > whole.bottom + 1 || words.width < 120;
        return isOver || isOut ? [`${item.textContent}: ${[picture.right, picture.bottom, words.left, words.top, words.right, whole.right]}`] : [];
      }));
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
}
