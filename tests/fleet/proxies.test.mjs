// The examples of deploy/ for nginx and Caddy as they stand, but for host, ports and certificate, with a robot and a page
// through them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf, offer } from "../lib/offers.mjs";
import { Program, eventually, withAll } from "../lib/programs.mjs";
import { Certificate } from "./support/certificates.mjs";
import { serves, startCaddy, startNginx } from "./support/proxies.mjs";
import { answerAll, ask, dialTls } from "./support/wire.mjs";

for (const [name, start] of [["nginx", startNginx], ["Caddy", startCaddy]]) {
  test(`${name} in front: robot, page, pings, and the client's own address`, async () => {
    await withAll(async (add) => {
      const tls = add(new Certificate());
      const server = add(new Program("rtcbot-server", ["--address", "127.0.0.1", "--port", "0", "--behind-proxy", "--rate", "0.01",
        "--rate-burst", "3"]));
      server.port = Number(/port (\d+)/.exec(await server.line(/listening on port/))[1]);
      const proxy = await start(add, tls, server.port);
      await serves(proxy, tls);
      add(new Program("rtcbot-robot", ["--server", `wss://localhost:${proxy.port}/real`, "--ca-file", tls.cert, "--camera", "test"]));
      await server.line(/real is online from/);
      const raw = add(await dialTls(proxy.port, tls, { path: "/raw", from: "127.0.0.5" }));
      add(answerAll(raw));
      const post = (mark, headers = {}) => ask(proxy.port, "/raw", { method: "POST", body: JSON.stringify(offer(mark)),
        headers: { Origin: `https://localhost:${proxy.port}`, ...headers }, tls });
      assert.equal(markOf((await post("a")).json), "a");
      assert.equal((await post("b", { Origin: "https://evil.example" })).json.error, "forbidden");
      await server.line(/raw is online from 127\.0\.0\.5:0/);
      // Whoever invents an address at the proxy is still counted as himself.
      const invented = await Promise.all([1, 2, 3, 4].map((i) => post(`c${i}`, { "X-Forwarded-For": `198.51.100.${i}` })));
      assert.equal(invented.filter(({ status }) => status === 429).length, 2, JSON.stringify(invented.map(({ status }) => status)));
      await eventually("pings through the proxy", () => raw.pings >= 2);
      assert.equal(raw.closed, null);
    });
  });
}
