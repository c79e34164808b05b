// Who may come in at several servers that share their secrets: the same refusals through TLS, wherever the robot and the page are;
// and NATS that asks the servers who they are.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { answer, markOf, offer } from "../lib/offers.mjs";
import { eventually, startServer, withAll } from "../lib/programs.mjs";
import { Certificate } from "../fleet/support/certificates.mjs";
import { Credentials, bearer } from "../fleet/support/credentials.mjs";
import { ask, dialTls } from "../fleet/support/wire.mjs";
import { NatsServer, answeringRobot, isReady, listed, readiness, startJoined } from "./support/fleet.mjs";

/** Two servers on one NATS, each through TLS, with the same secrets. */
async function site(add) {
  const nats = await NatsServer.start(add);
  const credentials = add(new Credentials());
  const tls = add(new Certificate());
  const servers = [];
  for (let i = 0; i < 2; i++) servers.push(add(await credentials.start([...tls.flags, "--nats", nats.url])));
  for (const { port } of servers) {
    await eventually("the server to be ready", async () => (await ask(port, "/readyz", { tls })).status === 200);
  }
  const dial = (server, path, token, more = {}) => dialTls(server.port, tls, { path, ...more, headers: token ? bearer(token) : {} });
  const post = (server, path, token, mark = "x") => ask(server.port, path, { tls, method: "POST", body: JSON.stringify(offer(mark)),
    headers: token ? bearer(token) : {} });
  return { credentials, tls, servers, dial, post };
}

const refusedAs = ({ status, json, refusal }) => [status, (json ?? refusal).error];

test("a name is its owner's at all servers, through TLS", () => withAll(async (add) => {
  const { credentials, servers: [home, away], dial } = await site(add);
  const [anna, again, bert] = ["anna", "anna", "bert"].map((owner) => credentials.token("robot", ["rover"], ["--owner", owner]));
  const first = add(await dial(home, "/rover", anna));
  assert.equal(first.status, 101);
  await eventually("the other server to refuse the name", async () => {
    const late = await dial(away, "/rover", bert);
    if (late.status !== 101) return refusedAs(late).join() === "409,name_taken";
    // Before the name's entry has come over, the socket is taken and then closed.
    add(late);
    assert.equal((await late.end()).code, 4009);
    return false;
  });
  const byHello = add(await dial(away, "/ws", bert, { protocol: "rtcbot.v1" }));
  byHello.send({ type: "hello", version: 1, name: "rover" });
  assert.equal((await byHello.end()).code, 4009);
  assert.equal(first.closed, null, "its owner stays");
  const second = add(await dial(away, "/rover", again));
  assert.equal(second.status, 101);
  assert.equal((await first.end()).code, 4001, "a renewed token of the same owner takes it over, from another server");
}));

test("what a token does not allow, and one that has ended, is refused at each server alike", () => withAll(async (add) => {
  const { credentials, tls, servers: [home, away], dial, post } = await site(add);
  const robot = add(await dial(home, "/rover", credentials.token("robot", ["rover"])));
  robot.onText = (text) => robot.send(answer(`${markOf(JSON.parse(text))} by rover`));
  const driver = credentials.token("drive", ["rover"]);
  await eventually("the robot to be found elsewhere", async () => (await post(away, "/rover", driver)).status === 200);
  const short = credentials.token("drive", ["rover"], ["--for", "2s"]);
  const shortRobot = credentials.token("robot", ["digger"], ["--for", "2s"]);
  const other = credentials.token("drive", ["digger"]);
  const revoked = credentials.token("drive", ["rover"]);
  const revokedRobot = credentials.token("robot", ["digger"]);
  const online = add(await dial(away, "/digger", revokedRobot));
  assert.equal(online.status, 101);
  for (const token of [revoked, revokedRobot]) credentials.revoke(token);
  assert.equal((await online.end()).code, 4003, "a revoked robot is closed where it is");
  for (const server of [home, away]) {
    assert.deepEqual(refusedAs(await post(server, "/rover", null)), [401, "unauthorized"]);
    assert.deepEqual(refusedAs(await post(server, "/rover", other)), [403, "forbidden"]);
    assert.deepEqual(refusedAs(await dial(server, "/rover", driver)), [403, "forbidden"]);
    assert.deepEqual(refusedAs(await dial(server, "/rover", credentials.token("robot", ["digger"]))), [403, "forbidden"]);
    // A bare robot hears everybody, so that who may only watch is refused by its own server, and heard of at the other.
    assert.deepEqual(refusedAs(await post(server, "/rover", credentials.token("watch", ["rover"]))), [403, "forbidden"]);
    await eventually("the revocation to be known", async () => (await post(server, "/rover", revoked)).status === 401);
    assert.deepEqual(refusedAs(await dial(server, "/digger", revokedRobot)), [401, "unauthorized"]);
    await eventually("the driver's credential to end", async () => (await post(server, "/rover", short)).status === 401);
    await eventually("the robot's to end", async () => (await dial(server, "/digger", shortRobot)).status === 401);
    assert.match((await post(server, "/rover", short)).json.message, /expired/);
    assert.equal((await ask(server.port, "/api/robots", { tls, headers: bearer(driver) })).status, 200);
  }
}));

/** An authority, and certificates of it for both ends of NATS's connections. */
class Authority {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "rtcbot-nats-tls-"));
    this.cert = this.path("ca.pem");
    this.#openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", this.path("ca.key"),
      "-out", this.cert, "-days", "2", "-subj", "/CN=test authority");
  }

  path(name) {
    return join(this.folder, name);
  }

  #openssl(...args) {
    execFileSync("openssl", args, { stdio: "ignore" });
  }

  /** A certificate for this machine; {cert, key}. */
  issue(name) {
    const [cert, key, request] = ["pem", "key", "csr"].map((end) => this.path(`${name}.${end}`));
    this.#openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
      "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    this.#openssl("x509", "-req", "-in", request, "-CA", this.cert, "-CAkey", this.path("ca.key"), "-CAcreateserial", "-days", "2",
      "-copy_extensions", "copy", "-out", cert);
    return { cert, key };
  }

  stop() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const NOT_READY = async (server) => {
  await server.line(/NATS cannot be reached/);
  assert.equal((await readiness(server)).status, 503);
};

/** Two servers with these flags act as one. */
async function actAsOne(add, nats, args, options) {
  const servers = [];
  for (let i = 0; i < 2; i++) {
    const server = add(await startServer(["--nats", nats.url, ...args], options));
    await isReady(server);
    servers.push(server);
  }
  await answeringRobot(add, servers[0], "rover");
  await listed(servers[1], ["rover"]);
  const { status, json } = await ask(servers[1].port, "/rover", { method: "POST", body: JSON.stringify(offer("there")) });
  assert.deepEqual([status, markOf(json)], [200, "there by rover"]);
  return servers;
}

test("NATS by user and password, which stand in no log and no process list", () => withAll(async (add) => {
  const nats = await NatsServer.start(add, { config: 'authorization { user: fleet, password: "open sesame" }' });
  const named = (password) => ({ env: { RTCBOT_NATS_USER: "fleet", RTCBOT_NATS_PASSWORD: password } });
  const servers = await actAsOne(add, nats, [], named("open sesame"));
  const stranger = add(await startServer(["--nats", nats.url]));
  const wrong = add(await startServer(["--nats", nats.url], named("close sesame")));
  for (const server of [stranger, wrong]) await NOT_READY(server);
  for (const server of [...servers, wrong]) assert.doesNotMatch(server.log(), /sesame/);
}));

test("NATS by TLS: its certificate is checked, and it may ask for ours", () => withAll(async (add) => {
  const authority = add(new Authority());
  const strange = add(new Authority());
  const [theirs, ours, other] = [authority.issue("nats"), authority.issue("rtcbot"), strange.issue("rtcbot")];
  const nats = await NatsServer.start(add, { config:
    `tls { cert_file: "${theirs.cert}", key_file: "${theirs.key}", ca_file: "${authority.cert}", verify: true }` });
  nats.url = nats.url.replace("nats://", "tls://");
  const shown = ({ cert, key }, ca) => ["--nats-ca-file", ca.cert, "--nats-certificate", cert, "--nats-key", key];
  await actAsOne(add, nats, shown(ours, authority));
  for (const args of [shown(ours, strange), shown(other, authority), ["--nats-ca-file", authority.cert], []]) {
    await NOT_READY(add(await startServer(["--nats", nats.url, ...args])));
  }
}));
