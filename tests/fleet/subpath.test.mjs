// A server below a path of a host that has others: the list, a robot's page, sign-in and robots, through nginx and Caddy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { Program, withAll } from "../lib/programs.mjs";
import { Certificate } from "./support/certificates.mjs";
import { Credentials } from "./support/credentials.mjs";
import { NGINX_LINES, serves, startCaddyWith, startNginxWith } from "./support/proxies.mjs";
import { ask } from "./support/wire.mjs";

const OTHER = "location = / { return 200 'another site'; }";
const startNginx = (add, tls, backend) =>
  startNginxWith(add, tls, backend, { location: "/robots/", pass: "/", lines: NGINX_LINES, more: OTHER });
const startCaddy = (add, tls, backend) => startCaddyWith(add, tls, backend,
  ["handle_path /robots/* {", "\treverse_proxy BACKEND", "}", "redir /robots /robots/", "respond / \"another site\""]);

const isLive = (page) => page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });

for (const [name, start] of [["nginx", startNginx], ["Caddy", startCaddy]]) {
  test(`${name} with the server at /robots/: a person gets in, sees a robot, and gets out`, () => withAll(async (add) => {
    const tls = add(new Certificate());
    const credentials = add(new Credentials());
    const server = add(await credentials.start(["--behind-proxy", "--list", "always", "--turn", "turn:127.0.0.1:9"],
      { env: { RTCBOT_TURN_SECRET: "so that the page has to ask for relays" } }));
    const proxy = await serves(await start(add, tls, server.port), tls, "/robots/healthz");
    const url = `https://localhost:${proxy.port}/robots`;
    add(new Program("rtcbot-robot", ["--server", `wss://localhost:${proxy.port}/robots/rover`, "--ca-file", tls.cert, "--camera", "test"],
      { env: { RTCBOT_TOKEN: credentials.token("robot") } }));
    await server.line(/rover is online/);
    const context = await add(await launch()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const strays = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (!pathname.startsWith("/robots")) strays.push(request.url());
    });
    await page.goto(credentials.token("drive", ["*"], ["--link", url]));
    await page.waitForURL(`${url}/`);
    await page.locator("#robots a", { hasText: "rover" }).click();
    await page.waitForURL(`${url}/rover`);
    await isLive(page);
    await page.goto(`${url}/rover/`);
    await page.waitForURL(`${url}/rover`);
    await isLive(page);
    await page.click("#list");
    await page.waitForURL(`${url}/`);
    await page.waitForFunction(() => document.body.dataset.link === "open", null, { timeout: 60_000 });
    await page.click("#out button");
    await page.waitForURL(`${url}/login?out`);
    assert.equal((await page.goto(`${url}/rover`)).status(), 401);
    await page.fill("#token", credentials.token("watch", ["rover"]));
    await page.click("#form button");
    await page.waitForURL(`${url}/rover`);
    await isLive(page);
    assert.deepEqual(strays, [], "nothing is asked of the other site");
    assert.equal((await ask(proxy.port, "/", { tls })).text, "another site");
  }));
}

test("a login page or a redirect in place of an answer is called that", () => withAll(async (add) => {
  const tls = add(new Certificate());
  const server = add(await add(new Credentials()).start([])); // its /connect is never reached
  const page = await (await add(await launch()).newContext({ ignoreHTTPSErrors: true })).newPage();
  const message = async (more) => {
    const proxy = await serves(await startNginxWith(add, tls, server.port, { more }), tls);
    await page.goto(`https://localhost:${proxy.port}/healthz`);
    return page.evaluate(async () => {
      const { connect } = await import("/rtcbot.mjs");
      return new Promise((resolve) => {
        const onState = ({ error }) => error && (link.close(), resolve(error.message));
        const link = connect({ url: "/connect", video: () => {}, socket: false, onState });
      });
    });
  };
  const answer = (lines) => `location = /connect { ${lines} }`;
  assert.match(await message(answer("default_type text/html; return 200 '<!doctype html><h1>Log in</h1>';")),
    /web page \(HTML, status 200\) came instead of the robot's answer.*login page or a proxy/);
  assert.match(await message(answer("return 302 https://login.example.org/;")),
    /redirect to another address came instead of the robot's answer/);
}));
