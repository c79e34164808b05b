// A page's own Origin, as it reaches the server through the proxies that people have, and addresses of a dual-stack socket.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { offer } from "../lib/offers.mjs";
import { Robot, startServer, withAll } from "../lib/programs.mjs";
import { Certificate } from "./support/certificates.mjs";
import { NGINX_LINES, serves, startCaddyWith, startNginxWith } from "./support/proxies.mjs";
import { ask, readToEnd } from "./support/wire.mjs";

/** The server's answer to a page's offer through that proxy. No robot is there: 503 is as far as an own page gets. */
const post = (proxy, tls, headers) => ask(proxy.port, "/connect", { method: "POST", body: JSON.stringify(offer("a")), headers, tls });

async function accepted(proxy, tls, headers) {
  const { status, json } = await post(proxy, tls, headers);
  assert.deepEqual([status, json?.error], [503, "no_robot"], `${JSON.stringify(headers)}: ${JSON.stringify(json)}`);
}

const behind = (add, args = []) => startServer(["--behind-proxy", "--host", "robots.example.org", ...args]).then(add);

/** What proxies make of Host for a page at https://robots.example.org. */
const RECIPES = [
  ["nginx's own", NGINX_LINES],
  ["Host with the default port", ["proxy_set_header Host $host:443;", "proxy_set_header X-Forwarded-Proto https;"]],
  ["Host in capitals", ["proxy_set_header Host ROBOTS.Example.org;", "proxy_set_header X-Forwarded-Proto HTTPS;"]],
  ["X-Forwarded-Host with the default port", ["proxy_set_header X-Forwarded-Host $host:443;", "proxy_set_header X-Forwarded-Proto https;"]],
  ["X-Forwarded-Host and -Port", ["proxy_set_header X-Forwarded-Host $host;", "proxy_set_header X-Forwarded-Port 443;",
    "proxy_set_header X-Forwarded-Proto https;"]],
  ["Host alone", ["proxy_set_header Host $host;"]],
];

for (const [name, lines] of RECIPES) {
  test(`nginx, ${name}: the page's own Origin is taken, and another's is not`, () => withAll(async (add) => {
    const tls = add(new Certificate());
    const server = await behind(add);
    const here = lines === NGINX_LINES;
    // What is passed on as the port is nginx's own here, and the usual one where the test says so.
    const proxy = await serves(await startNginxWith(add, tls, server.port, { lines }), tls);
    const origin = `https://robots.example.org${here ? `:${proxy.port}` : ""}`;
    await accepted(proxy, tls, { Host: "robots.example.org", Origin: origin });
    for (const other of ["https://evil.example", "null", "https://robots.example.org:444", "https://robots.example.org.evil.example"]) {
      assert.equal((await post(proxy, tls, { Host: "robots.example.org", Origin: other })).json.error, "forbidden", other);
    }
  }));
}

test("Caddy's reverse_proxy: the page's own Origin is taken", () => withAll(async (add) => {
  const tls = add(new Certificate());
  const server = await behind(add);
  const proxy = await serves(await startCaddyWith(add, tls, server.port, ["reverse_proxy BACKEND"]), tls);
  await accepted(proxy, tls, { Host: `LOCALHOST:${proxy.port}`, Origin: `https://localhost:${proxy.port}` });
  assert.equal((await post(proxy, tls, { Origin: "https://evil.example" })).json.error, "forbidden");
}));

test("a bare proxy_pass: the sentence names what arrived and what is missing; a browser's own word is enough", () => withAll(async (add) => {
  const tls = add(new Certificate());
  const server = await behind(add);
  const proxy = await serves(await startNginxWith(add, tls, server.port), tls);
  const Origin = "https://robots.example.org";
  const { status, json } = await post(proxy, tls, { Host: "robots.example.org", Origin });
  assert.deepEqual([status, json.error], [403, "forbidden"]);
  assert.match(json.message, /https:\/\/robots\.example\.org/);
  assert.match(json.message, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
  assert.match(json.message, /proxy_set_header Host \$http_host.*X-Forwarded-Proto.*--behind-proxy/);
  await server.line(/access.*a page was refused at \/connect.*robots\.example\.org/);
  await accepted(proxy, tls, { Host: "robots.example.org", Origin, "Sec-Fetch-Site": "same-origin" });
  assert.equal((await post(proxy, tls, { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" })).json.error, "forbidden");
  const robot = add(new Robot(server.port));
  await robot.online();
  const page = await (await add(await launch()).newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(`https://localhost:${proxy.port}/`);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
}));

/** A socket for IPv6 and IPv4 that this machine alone reaches. */
const DUAL_STACK = "::ffff:127.0.0.1";

/** One request from an address of 127.0.0.0/8 to an IPv6 socket that takes IPv4 too: it sees ::ffff:127.x.y.z. */
function rawPost(port, from, headers) {
  const body = JSON.stringify(offer("a"));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from }, () => {
      readToEnd(socket).then(resolve, reject);
      const lines = Object.entries({ Host: "localhost", Connection: "close", "Content-Length": body.length, ...headers });
      socket.write(`POST /connect HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
    });
    socket.on("error", reject);
  });
}

test("a proxy that comes by a dual-stack socket is known, and its visitors have limits of their own", () => withAll(async (add) => {
  const limits = { rate: 0.01, burst: 2 };
  const server = add(await startServer(["--behind-proxy"], { address: DUAL_STACK, ...limits }));
  const status = async (from, headers) => Number(/^HTTP\/1\.1 (\d+)/.exec(await rawPost(server.port, from, headers))?.[1]);
  const visitors = await Promise.all([1, 2, 3, 4].map((i) => status("127.0.0.1", { "X-Forwarded-For": `198.51.100.${i}` })));
  assert.deepEqual(visitors, [503, 503, 503, 503], "each has its own share");
  const one = [];
  for (let i = 0; i < 4; i++) one.push(await status("127.0.0.1", { "X-Forwarded-For": "198.51.100.9" }));
  assert.deepEqual(one, [503, 503, 429, 429]);
  // Whoever is no proxy is himself, whatever he says.
  const stranger = [];
  for (let i = 0; i < 4; i++) stranger.push(await status("127.0.0.5", { "X-Forwarded-For": `198.51.100.${20 + i}` }));
  assert.deepEqual(stranger, [503, 503, 429, 429]);
  await server.line(/from 198\.51\.100\.9:0/);
  assert.ok(!server.log().includes("::ffff:"), "addresses are logged as the IPv4 ones that they are");
}));

test("a proxy may be named in either form", () => withAll(async (add) => {
  for (const proxy of ["127.0.0.5", "::ffff:127.0.0.5", "::ffff:7f00:5"]) {
    const server = add(await startServer(["--behind-proxy", "--proxy", proxy], { address: DUAL_STACK, rate: 0.01, burst: 1 }));
    const posts = [];
    for (let i = 0; i < 3; i++) {
      posts.push(/^HTTP\/1\.1 (\d+)/.exec(await rawPost(server.port, "127.0.0.5", { "X-Forwarded-For": `198.51.100.${i}` }))[1]);
    }
    assert.deepEqual(posts, ["503", "503", "503"], proxy);
  }
}));
