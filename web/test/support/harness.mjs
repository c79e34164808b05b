// Browsers, a server and a robot for tests in real Chromium: both ends are browser pages, nothing else is needed.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

/** How long a robot may take to answer: the real server waits 10 s. */
const ANSWER_WITHIN = 10000;

const root = new URL("../../", import.meta.url);
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];

/** @param {string[]} [flags] */
export function launch(flags = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: [...FLAGS, ...flags],
  });
}

/** A file of this folder. @param {string} name */
export function read(name) {
  return readFile(new URL(name, root), "utf8");
}

/**
 * The known address: pages, the library, and POST to `answer`, which is called with the offer and returns
 * {status, headers, body}, or a body alone.
 */
export class Server {
  /** @type {(offer: any, path: string) => Promise<any>} */
  answer = async () => ({ status: 503, body: { error: "no_robot", message: "No robot is connected to this server. Start one." } });
  offers = 0;
  /** Sent with each page. @type {Record<string, string>} */
  headers = {};
  /** Told what went wrong while it served. @type {(error: any) => void} */
  onTrouble = () => {};
  /** Page bodies by path, added to the ones that every test has. @type {Map<string, [string, string]>} */
  pages = new Map();

  async start(port = 0) {
    this.pages.set("/rtcbot.js", ["text/javascript", await read("dist/rtcbot.js")]);
    this.pages.set("/rtcbot.mjs", ["text/javascript", await read("dist/rtcbot.mjs")]);
    this.pages.set("/rtcbot-receiver.js", ["text/javascript", await read("dist/rtcbot-receiver.js")]);
    this.pages.set("/", ["text/html", await read("dist/robot.html")]);
    this.pages.set("/rover", ["text/html", await read("dist/robot.html")]);
    const manifest = JSON.parse(await read("dist/manifest.webmanifest"));
    this.pages.set("/manifest.webmanifest", ["application/manifest+json", JSON.stringify({ ...manifest, start_url: "./" })]);
    // As the real server does: it names the page that asked.
    const own = { ...manifest, name: "rover", short_name: "rover", start_url: "./rover" };
    this.pages.set("/manifest.webmanifest?robot=rover", ["application/manifest+json", JSON.stringify(own)]);
    this.pages.set("/apple-touch-icon.png", ["image/png", await readFile(new URL("dist/apple-touch-icon.png", root))]);
    this.pages.set("/favicon.ico", ["image/x-icon", ""]);
    this.pages.set("/tutorial", ["text/html", await read("../examples/tutorial.html")]);
    this.pages.set("/blank", ["text/html", "<!doctype html><script src=/rtcbot.js></script><video autoplay muted playsinline></video>"]);
    this._http = createServer((request, response) => this._serve(request, response).catch((error) => {
      this.onTrouble(error);
      response.destroy();
    }));
    await new Promise((resolve) => this._http.listen(port, "127.0.0.1", () => resolve(undefined)));
    this.port = /** @type {any} */ (this._http.address()).port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  stop() {
    const closed = new Promise((resolve) => this._http.close(resolve));
    this._http.closeAllConnections();
    return closed;
  }

  /** @param {any} offer @param {string} path */
  async _answerInTime(offer, path) {
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ANSWER_WITHIN, null)));
    const given = await Promise.race([this.answer(offer, path), late]);
    clearTimeout(timer);
    if (given !== null) return given;
    this.onTrouble(new Error("the robot gave no answer in time"));
    return { status: 504, body: { error: "robot_timeout", message: "The robot gave no answer in time." } };
  }

  async _serve(request, response) {
    if (request.method === "POST") {
      this.offers++;
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const given = await this._answerInTime(JSON.parse(Buffer.concat(chunks).toString()), request.url);
      const { status = 200, headers = {}, body = given } = given ?? {};
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
      return;
    }
    const [type, body] = this.pages.get(request.url) ?? this.pages.get("*") ?? [];
    if (!type) response.writeHead(404).end();
    else response.writeHead(200, { ...this.headers, "Content-Type": type.startsWith("image/") ? type : `${type}; charset=utf-8` }).end(body);
  }
}

/** A robot in a page of a browser of its own, which does not hide its addresses. */
export class FakeRobot {
  static async start(browser) {
    const robot = new FakeRobot();
    robot.page = await (await browser.newContext()).newPage();
    await robot.page.goto("about:blank");
    const stamp = (await read("test-support/stamp.js")).replaceAll("export function", "function");
    await robot.page.addScriptTag({ content: `(() => { ${stamp}; ${await read("test/support/fake_robot_page.js")} })()` });
    return robot;
  }

  /** Makes it one that can be driven, with what is given of `window.driven`. */
  async makeDriven(given = {}) {
    const reader = (await read("test-support/page_control.js")).replaceAll("export function", "function");
    await this.page.addScriptTag({ content: `(() => { ${reader}; ${await read("test/support/fake_driven_robot.js")} })()` });
    await this.set({ isOn: true, ...given });
  }

  /** Changes what it is, and tells everybody. */
  set(given) {
    return this.page.evaluate((more) => {
      Object.assign(window.driven, more);
      window.driven.tellState();
    }, given);
  }

  answer(offer, options) {
    return this.page.evaluate(([given, more]) => window.answer(given, more), [offer, options ?? {}]);
  }

  /** Ends it as a power cut does: no goodbye. */
  async kill() {
    const session = await this.page.context().newCDPSession(this.page);
    const gone = new Promise((resolve) => this.page.once("crash", resolve));
    // The call itself gets no answer: who should give it is dead.
    session.send("Page.crash").catch(() => {});
    await gone;
  }

  async stop() {
    await this.page.context().close();
  }
}

export const ROBOT_FLAGS = ["--disable-features=WebRtcHideLocalIpsWithMdns"];
