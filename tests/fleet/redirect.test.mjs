// The plain port beside the TLS one: pages are sent on, to the host that they asked for and to no other place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Certificate } from "./support/certificates.mjs";
import { ask, open, readToEnd } from "./support/wire.mjs";

async function site(add) {
  const tls = add(new Certificate());
  const plain = await freePort();
  const server = add(await startServer([...tls.flags, "--redirect-port", String(plain)]));
  return { server, plain, tls };
}

test("a page is sent to the same place by TLS, whatever port it named", () => withAll(async (add) => {
  const { server, plain, tls } = await site(add);
  for (const [host, name] of [["robots.example.org", "robots.example.org"], ["localhost:80", "localhost"], ["[::1]:80", "[::1]"]]) {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await ask(plain, "/a%20b?x=1", { method, headers: { Host: host } });
      assert.deepEqual([status, headers.location], [301, `https://${name}:${server.port}/a%20b?x=1`], `${method} ${host}`);
    }
  }
  const followed = new URL((await ask(plain, "/healthz", { headers: { Host: `localhost:${plain}` } })).headers.location);
  assert.equal((await ask(Number(followed.port), followed.pathname, { tls })).text, "ok\n");
}));

test("a Host that is none sends nobody anywhere", () => withAll(async (add) => {
  const { server, plain } = await site(add);
  for (const port of [plain, server.port]) {
    for (const host of ["evil.example/x?", "user@evil.example", "a b", "a:99999", "[nonsense]", "", "evil.example\\"]) {
      const socket = await open(port);
      socket.write(`GET /rover HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const said = await readToEnd(socket);
      assert.match(said, /^HTTP\/1\.1 400 /, `${host}: ${said}`);
      assert.doesNotMatch(said, /location|evil/i);
    }
  }
}));

test("what is no page is told where to go, and sent nowhere", () => withAll(async (add) => {
  const { plain } = await site(add);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers, json } = await ask(plain, "/connect", { method, body: method === "POST" ? "{}" : undefined });
    assert.deepEqual([status, json.error, headers.location], [400, "bad_request", undefined], method);
    assert.match(json.message, /https:\/\//);
  }
  const robot = await RawSocket.dial(plain);
  assert.equal(robot.status, 400);
  assert.match(robot.refusal.message, /wss:\/\//);
}));
