// The examples of deploy/ for nginx and Caddy as they stand, but for host, ports and certificate, with a robot and a page
// through them.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { markOf, offer } from "../lib/offers.mjs";
import { Program, eventually, freePort, root, withAll } from "../lib/programs.mjs";
import { Certificate } from "./support/certificates.mjs";
import { answerAll, ask, dialTls } from "./support/wire.mjs";

function temporaryFolder(add) {
  const folder = mkdtempSync(join(tmpdir(), "rtcbot-proxy-"));
  add({ stop: () => rmSync(folder, { recursive: true, force: true }) });
  return folder;
}

/** Replaces each pattern, which must be there: an example that changed must not be tested as something else. */
function adapted(file, replacements) {
  return replacements.reduce((text, [pattern, by]) => {
    assert.match(text, pattern, file);
    return text.replace(pattern, by);
  }, readFileSync(`${root}deploy/${file}`, "utf8"));
}

async function startNginx(add, tls, backend) {
  const folder = temporaryFolder(add);
  const [port, plain] = [await freePort(), await freePort()];
  const site = adapted("nginx/rtcbot.conf", [[/server 127\.0\.0\.1:8080;/, `server 127.0.0.1:${backend};`],
    [/listen 80;/, `listen 127.0.0.1:${plain};`], [/listen 443 ssl;/, `listen 127.0.0.1:${port} ssl;`],
    [/ssl_certificate \S+;/, `ssl_certificate ${tls.cert};`], [/ssl_certificate_key \S+;/, `ssl_certificate_key ${tls.key};`]]);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(join(folder, "nginx.conf"), `pid ${folder}/pid; error_log stderr; daemon off; worker_processes 1;
    events { worker_connections 256; } http { access_log off; ${temporary.join(" ")}\n${site} }`);
  const nginx = add(new Program("/usr/sbin/nginx", ["-p", folder, "-c", join(folder, "nginx.conf")]));
  return { program: nginx, port };
}

async function startCaddy(add, tls, backend) {
  const folder = temporaryFolder(add);
  const [port, plain] = [await freePort(), await freePort()];
  const site = adapted("caddy/Caddyfile", [[/robots\.example\.org \{/, `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${tls.cert} ${tls.key}`],
    [/127\.0\.0\.1:8080/, `127.0.0.1:${backend}`]]);
  mkdirSync(join(folder, "home"));
  writeFileSync(join(folder, "Caddyfile"), `{\n\tadmin off\n\thttp_port ${plain}\n\tauto_https disable_redirects\n}\n${site}`);
  const env = { HOME: join(folder, "home"), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const caddy = add(new Program("/usr/bin/caddy", ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")], { env }));
  return { program: caddy, port };
}

for (const [name, start] of [["nginx", startNginx], ["Caddy", startCaddy]]) {
  test(`${name} in front: robot, page, pings, and the client's own address`, async () => {
    await withAll(async (add) => {
      const tls = add(new Certificate());
      const server = add(new Program("rtcbot-server", ["--address", "127.0.0.1", "--port", "0", "--behind-proxy", "--rate", "0.01",
        "--rate-burst", "3"]));
      server.port = Number(/port (\d+)/.exec(await server.line(/listening on port/))[1]);
      const proxy = await start(add, tls, server.port);
      await eventually(`${name} to serve`, async () => {
        if (proxy.program.exit) throw new Error(proxy.program.log());
        return (await ask(proxy.port, "/healthz", { tls }).catch(() => null))?.status === 200;
      });
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
