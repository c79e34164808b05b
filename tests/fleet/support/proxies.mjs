// nginx and Caddy in front of a server: with the examples of deploy/ as they stand, or with a recipe of a test's own.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, eventually, freePort, root } from "../../lib/programs.mjs";
import { ask } from "./wire.mjs";

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

/** nginx with that site in it. `site(port, plain)` gives its configuration: TLS at `port`, perhaps none at `plain`. */
async function runNginx(add, site) {
  const folder = temporaryFolder(add);
  const [port, plain] = [await freePort(), await freePort()];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(join(folder, "nginx.conf"), `pid ${folder}/pid; error_log stderr; daemon off; worker_processes 1;
    events { worker_connections 256; } http { access_log off; ${temporary.join(" ")}\n${site(port, plain)} }`);
  const program = add(new Program("/usr/sbin/nginx", ["-p", folder, "-c", join(folder, "nginx.conf")]));
  return { program, port, plain };
}

export const startNginx = (add, tls, backend) => runNginx(add, (port, plain) => adapted("nginx/rtcbot.conf", [
  [/server 127\.0\.0\.1:8080;/, `server 127.0.0.1:${backend};`], [/listen 80;/, `listen 127.0.0.1:${plain};`],
  [/listen 443 ssl;/, `listen 127.0.0.1:${port} ssl;`], [/ssl_certificate \S+;/, `ssl_certificate ${tls.cert};`],
  [/ssl_certificate_key \S+;/, `ssl_certificate_key ${tls.key};`]]));

/**
 * nginx with TLS and one location, as people write it.
 * @param {{location?: string, lines?: string[], pass?: string, more?: string}} recipe lines of the location beside proxy_pass; pass: what
 *   follows the backend's address; more: further locations
 */
export const startNginxWith = (add, tls, backend, { location = "/", lines = [], pass = "", more = "" } = {}) => runNginx(add, (port, plain) => `
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server { listen 127.0.0.1:${port} ssl; listen 127.0.0.1:${plain}; server_name localhost;
    ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key}; ${more}
    location ${location} { proxy_pass http://127.0.0.1:${backend}${pass}; ${lines.join(" ")} } }`);

/** The lines that nginx's own documentation has for a proxy of websockets. */
export const NGINX_LINES = ["proxy_http_version 1.1;", "proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection $connection_upgrade;",
  "proxy_set_header Host $host:$server_port;", "proxy_set_header X-Real-IP $remote_addr;",
  "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", "proxy_set_header X-Forwarded-Proto $scheme;"];

/** Caddy with that file, from which `site(port)` gives a site with its address. */
async function runCaddy(add, site) {
  const folder = temporaryFolder(add);
  const [port, plain] = [await freePort(), await freePort()];
  mkdirSync(join(folder, "home"));
  writeFileSync(join(folder, "Caddyfile"), `{\n\tadmin off\n\thttp_port ${plain}\n\tauto_https disable_redirects\n}\n${site(port)}`);
  const env = { HOME: join(folder, "home"), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const caddy = add(new Program("/usr/bin/caddy", ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")], { env }));
  return { program: caddy, port };
}

/** The begin of a site of Caddy's. */
const caddySite = (port, tls) => `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${tls.cert} ${tls.key}`;

export const startCaddy = (add, tls, backend) => runCaddy(add, (port) => adapted("caddy/Caddyfile",
  [[/robots\.example\.org \{/, caddySite(port, tls)], [/127\.0\.0\.1:8080/, `127.0.0.1:${backend}`]]));

/** Caddy with TLS and those lines in its site, where BACKEND is the server. */
export const startCaddyWith = (add, tls, backend, lines) => runCaddy(add, (port) =>
  `${caddySite(port, tls)}\n\t${lines.join("\n\t").replaceAll("BACKEND", `127.0.0.1:${backend}`)}\n}\n`);

/** Waits until the proxy passes requests on; `path` is the server's /healthz there. */
export async function serves(proxy, tls, path = "/healthz") {
  await eventually("the proxy to serve", async () => {
    if (proxy.program.exit) throw new Error(proxy.program.log());
    return (await ask(proxy.port, path, { tls }).catch(() => null))?.status === 200;
  });
  return proxy;
}
