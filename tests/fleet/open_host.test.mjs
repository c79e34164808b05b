// At which addresses a server answers: an open one only at those that are its own, a public one only by TLS.
import assert from "node:assert/strict";
import { hostname } from "node:os";
import { test } from "node:test";
import { offer } from "../lib/offers.mjs";
import { Program, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Certificate } from "./support/certificates.mjs";
import { Credentials, bearer } from "./support/credentials.mjs";
import { NGINX_LINES, serves, startNginxWith } from "./support/proxies.mjs";
import { ask } from "./support/wire.mjs";

const PAGE = { Accept: "text/html" };

test("an open server is not led into a stranger's pages by a name that leads here", () => withAll(async (add) => {
  const server = add(await startServer(["--host", "Robots.example.org"]));
  const get = (Host, path = "/api/robots", headers = {}) => ask(server.port, path, { headers: { Host, ...headers } });
  for (const host of ["evil.example", `evil.example:${server.port}`, "localhost.evil.example", "127.0.0.1.evil.example",
    `${hostname()}.evil.example`]) {
    const { status, json } = await get(host);
    assert.deepEqual([status, json?.error], [403, "forbidden"], host);
    assert.match(json.message, /not known as '.*evil.example.*'.*--host NAME/);
    // Its page is "own" there, by every other measure.
    const posted = await ask(server.port, "/connect", { method: "POST", body: JSON.stringify(offer("a")),
      headers: { Host: host, Origin: `http://${host}` } });
    assert.equal(posted.json.error, "forbidden");
    const socket = await RawSocket.dial(server.port, { protocol: "rtcbot.page.v1", path: "/api/robots",
      headers: { Host: host, Origin: `http://${host}` } });
    assert.equal(socket.refusal?.error, "forbidden");
  }
  for (const host of ["127.0.0.1", `[::1]:${server.port}`, "10.1.2.3", "localhost", "LOCALHOST:80", "rover.localhost", "raspberrypi.local",
    hostname(), hostname().toUpperCase(), "robots.example.org", "ROBOTS.example.org.:8080"]) {
    assert.equal((await get(host)).status, 200, host);
  }
  const page = await get("evil.example", "/", PAGE);
  assert.match(page.text, /Not at this address[^]*--host NAME/);
  assert.equal((await get("evil.example", "/healthz")).status, 200, "probes ask by any name");
  const robot = add(await RawSocket.dial(server.port, { path: "/rover", headers: { Host: "any.name.example" } }));
  assert.equal(robot.status, 101, "robots are no browsers, which send Origin");
}));

test("a server that asks for credentials answers at any name", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const server = add(await credentials.start());
  const headers = { Host: "robots.example.org", ...bearer(credentials.token("watch")) };
  assert.equal((await ask(server.port, "/api/robots", { headers })).status, 200);
}));

test("--public --behind-proxy serves and signs in nobody who comes past the proxy", () => withAll(async (add) => {
  const tls = add(new Certificate());
  const credentials = add(new Credentials());
  const server = add(await credentials.start(["--public", "--behind-proxy"]));
  const proxy = await serves(await startNginxWith(add, tls, server.port, { lines: NGINX_LINES }), tls);
  const token = credentials.token("drive");
  const robotToken = credentials.token("robot");
  const login = (port, options) => ask(port, "/login", { method: "POST", body: `token=${token}`, ...options });
  for (const [port, how] of [[server.port, "past the proxy"], [proxy.plain, "through it, without TLS"]]) {
    const from = port === server.port ? "127.0.0.7" : undefined;
    const refused = await ask(port, "/", { headers: bearer(token), from });
    assert.deepEqual([refused.status, refused.json?.error], [403, "forbidden"], how);
    assert.match(refused.json.message, /only requests over TLS.*https:\/\/.*X-Forwarded-Proto/);
    const signed = await login(port, { from });
    assert.deepEqual([signed.status, signed.headers["set-cookie"]], [403, undefined], how);
    assert.match((await ask(port, "/rover", { headers: PAGE, from })).text, /Not at this address/);
    const dialled = await RawSocket.dial(port, { headers: bearer(robotToken), from });
    assert.equal(dialled.refusal?.error ?? dialled.status, "forbidden", how);
    for (const path of ["/healthz", "/readyz"]) assert.equal((await ask(port, path, { from })).status, 200, how);
  }
  const lying = await ask(server.port, "/", { headers: { ...bearer(token), "X-Forwarded-Proto": "https" }, from: "127.0.0.7" });
  assert.equal(lying.status, 403, "a stranger's word for it is nothing");
  assert.equal((await ask(proxy.port, "/", { headers: bearer(token), tls })).status, 200);
  const signed = await login(proxy.port, { tls });
  assert.match(signed.headers["set-cookie"][0], /^__Host-rtcbot=.*; Secure/);
  const robot = add(new Program("rtcbot-robot", ["--server", `wss://localhost:${proxy.port}/rover`, "--ca-file", tls.cert, "--camera", "test"],
    { env: { RTCBOT_TOKEN: robotToken } }));
  await server.line(/rover is online/);
  robot.signal("SIGTERM");
}));
