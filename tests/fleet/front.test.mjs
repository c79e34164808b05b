// The server's outside: TLS, what strangers may do to it, and how it stops. The real program, attacked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf, offer } from "../lib/offers.mjs";
import { Program, bin, eventually, root, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Certificate } from "./support/certificates.mjs";
import { answerAll, ask, dialTls, metric, open, readToEnd } from "./support/wire.mjs";

const post = (port, path, body, options = {}) =>
  ask(port, path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), ...options });

function assertRefused(response, status, error) {
  assert.deepEqual([response.status, response.json?.error], [status, error], response.text);
  assert.match(response.json.message, /\w+ \w+/, "the sentence");
}

test("every refusal is the same through TLS", async () => {
  await withAll(async (add) => {
    const tls = add(new Certificate());
    const server = add(await startServer([...tls.flags, "--robot-timeout", "7000", "--robot-token", "open sesame"]));
    const token = { headers: { Authorization: "Bearer open sesame" } };
    const say = (path, body, options) => post(server.port, path, body, { tls, ...options });
    assertRefused(await say("/connect", offer("a")), 503, "no_robot");
    assertRefused(await say("/nobody", offer("a")), 404, "robot_offline");
    const robot = add(await dialTls(server.port, tls, token));
    assert.equal(robot.status, 101);
    assertRefused(await say("/connect", "{"), 400, "bad_offer");
    assertRefused(await say("/connect", "x".repeat(300 * 1024)), 413, "too_large");
    assertRefused(await say("/connect", offer("a"), { headers: { Origin: "https://evil.example" } }), 403, "forbidden");
    assertRefused(await say("/connect", offer("silent")), 504, "robot_timeout");
    assert.equal((await robot.end()).code, 1008, "it owed an answer");
    const first = add(await dialTls(server.port, tls, { ...token, pongs: false }));
    const waiting = say("/connect", offer("b"));
    await first.message(0);
    const second = add(await dialTls(server.port, tls, token));
    assertRefused(await waiting, 502, "robot_left");
    assert.equal((await first.end()).code, 4001);
    assertRefused({ ...(await dialTls(server.port, tls)), json: (await dialTls(server.port, tls)).refusal }, 401, "unauthorized");
    assertRefused(await ask(server.port, "/a/b", { tls }), 404, "not_found");
    assertRefused(await ask(server.port, "/connect", { tls }), 405, "method_not_allowed");
    second.stop();
  });
});

test("plain bytes on the TLS port get an answer that helps", async () => {
  await withAll(async (add) => {
    const tls = add(new Certificate());
    const server = add(await startServer(tls.flags));
    const page = await ask(server.port, "/robot?x=1");
    assert.deepEqual([page.status, page.headers.location], [301, `https://127.0.0.1:${server.port}/robot?x=1`]);
    assertRefused(await post(server.port, "/connect", offer("a")), 400, "bad_request");
    const robot = await RawSocket.dial(server.port);
    assert.match(robot.refusal.message, /wss:\/\//);
    const odd = await open(server.port);
    odd.write("\x00\x01nonsense\r\n\r\n");
    assert.match(await readToEnd(odd), /^HTTP\/1\.1 400 /);
    assert.equal((await ask(server.port, "/healthz", { tls })).text, "ok\n");
  });
});

test("a certificate is renewed while pages connect; a broken one changes nothing", async () => {
  await withAll(async (add) => {
    const tls = add(new Certificate());
    const trusted = { pem: [tls.pem] };
    const server = add(await startServer(tls.flags));
    add(answerAll(await dialTls(server.port, trusted)));
    let posted = 0, running = true;
    const load = (async () => {
      for (; running; posted++) {
        const { status, json } = await post(server.port, "/connect", offer(`m${posted}`), { tls: trusted });
        assert.deepEqual([status, markOf(json)], [200, `m${posted}`]);
      }
    })();
    tls.renew(2);
    trusted.pem = [...trusted.pem, tls.pem];
    const serial = async () => {
      const socket = await open(server.port, { tls: trusted });
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return Number.parseInt(serialNumber, 16);
    };
    await eventually("the new certificate to be shown", async () => (await serial()) === 2);
    tls.spoil();
    server.signal("SIGHUP");
    await server.line(/cannot reload the certificate; the old version stays in use: .*private key/);
    assert.equal(await serial(), 2);
    const until = posted + 20;
    await eventually("more pages to be answered", () => posted >= until);
    running = false;
    await load;
  });
});

test("a page connects while thousands of connections say nothing, and others drip", async () => {
  await withAll(async (add) => {
    const server = add(await startServer(["--max-pending", "2000"]));
    add(answerAll(await RawSocket.dial(server.port)));
    const silent = [];
    add({ stop: () => silent.forEach((socket) => socket.destroy()) });
    // Five addresses, as one alone may not have that many.
    for (let i = 0; i < 10_000; i += 100) {
      silent.push(...(await Promise.all(Array.from({ length: 100 }, () => open(server.port, { from: `127.0.0.${2 + (i % 500) / 100}` })))));
    }
    for (const socket of silent) socket.on("error", () => {});
    for (const socket of silent.slice(0, 300)) socket.write("GET / HTTP/1.1\r\nX: ");
    await eventually("the server to have taken them all", async () => (await metric(server.port, "rtcbot_http_connections")) >= 10_000);
    const began = performance.now();
    assert.equal(markOf((await post(server.port, "/connect", offer("mine"))).json), "mine");
    assert.ok(performance.now() - began < 5000, "as quick as ever");
    const { rss } = server.figures();
    assert.ok(rss < 120_000, `${rss} KiB: a silent connection costs little`);
  });
});

test("slow headers come to an end, and one address cannot have all connections", async () => {
  await withAll(async (add) => {
    const server = add(await startServer(["--max-pending", "50"]));
    const drips = [];
    for (let i = 0; i < 50; i++) drips.push(await open(server.port, { from: "127.0.0.9" }));
    const ends = drips.map((socket) => (socket.write("GET / HTTP/1.1\r\n"), readToEnd(socket)));
    const drip = setInterval(() => drips.forEach((socket) => socket.destroyed || socket.write("X")), 500);
    add({ stop: () => clearInterval(drip) });
    const over = await open(server.port, { from: "127.0.0.9" });
    assert.equal(await readToEnd(over), "", "closed at once");
    assert.equal((await ask(server.port, "/healthz")).status, 200, "others are served");
    for (const text of await Promise.all(ends)) assert.match(text, /^HTTP\/1\.1 408 /);
    assert.equal((await ask(server.port, "/healthz", { from: "127.0.0.9" })).status, 200, "afterwards it may come again");
  });
});

test("websockets that never say what they are have the places of their address alone", async () => {
  await withAll(async (add) => {
    const server = add(await startServer(["--max-pending", "20"]));
    const from = "127.0.0.9";
    const dial = async (path, protocol) => add(await RawSocket.dial(server.port, { path, protocol, from }));
    // Robots and pages are what they are at once, or with their hello, and do not count.
    for (let i = 0; i < 15; i++) {
      const robot = await dial(`/robot${i}`, "rtcbot.v1");
      robot.send({ type: "hello", version: 1 });
      await robot.message(0);
      assert.equal((await dial(`/bare${i}`)).status, 101);
      assert.equal((await dial("/connect", "rtcbot.page.v1")).status, 101);
    }
    const silent = [];
    for (let i = 0; i < 20; i++) silent.push(await dial(`/silent${i}`, "rtcbot.v1"));
    assert.deepEqual([...new Set(silent.map(({ status, protocol }) => `${status} ${protocol}`))], ["101 rtcbot.v1"]);
    const over = await open(server.port, { from });
    assert.equal(await readToEnd(over), "", "the 21st is closed at once");
    assert.equal((await ask(server.port, "/healthz")).status, 200, "others are served");
    assert.equal(await metric(server.port, "rtcbot_http_over_address_limit_total"), 1);
    silent[0].send({ type: "hello", version: 1 });
    await silent[0].message(0);
    assert.equal((await ask(server.port, "/healthz", { from })).status, 200, "whoever says hello makes room");
    silent[1].close();
    await eventually("whoever leaves to make room", async () => (await dial("/another", "rtcbot.v1").catch(() => null))?.status === 101);
  });
});

test("memory stays bounded while bodies come and do not end", async () => {
  await withAll(async (add) => {
    const server = add(await startServer([]));
    const before = server.figures().rss;
    const many = [];
    add({ stop: () => many.forEach((socket) => socket.destroy()) });
    const body = Buffer.from(`POST /connect HTTP/1.1\r\nHost: a\r\nContent-Length: 260000\r\n\r\n${"x".repeat(250_000)}`);
    let busy = 0;
    // 200 MB: of 40 addresses, each of which would like to have 5 MB.
    for (let i = 0; i < 800; i++) {
      const socket = await open(server.port, { from: `127.0.1.${1 + (i % 40)}` });
      many.push(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => (busy += /^HTTP\/1\.1 503 [^]*Retry-After: [^]*"busy"/.test(String(chunk))));
      socket.write(body);
    }
    await eventually("those that are too many to be told so", () => busy >= 500);
    const grown = server.figures().rss - before;
    assert.ok(grown < 130_000, `${grown} KiB more than before`);
    assert.ok((await metric(server.port, "rtcbot_http_over_budget_total")) >= 500);
    assert.ok((await metric(server.port, "rtcbot_http_unfinished_bytes")) <= 64 * 1024 * 1024);
    assertRefused(await post(server.port, "/connect", offer("a")), 503, "no_robot");
    for (const socket of many.splice(0)) socket.destroy();
    await eventually("all of it to be given back", async () => (await metric(server.port, "rtcbot_http_unfinished_bytes")) === 0);
    assertRefused(await post(server.port, "/connect", { sdp: "x".repeat(250_000) }), 503, "no_robot");
  });
});

test("a header of a million bytes is refused early", async () => {
  await withAll(async (add) => {
    const tls = add(new Certificate());
    for (const flags of [[], tls.flags]) {
      const server = add(await startServer(flags));
      const socket = await open(server.port, { tls: flags.length > 0 ? tls : undefined });
      const said = readToEnd(socket);
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(1_000_000)}\r\n\r\n`);
      assert.match(await said, /^HTTP\/1\.1 431 [^]*too_large/);
      assert.equal((await ask(server.port, "/healthz", { tls: flags.length > 0 ? tls : undefined })).status, 200);
    }
  });
});

test("half-open websockets are found by ping within 15 s, plain and TLS", async () => {
  await withAll(async (add) => {
    const tls = add(new Certificate());
    await Promise.all([false, true].map(async (secure) => {
      const server = add(await startServer(secure ? tls.flags : []));
      const dial = (options) => (secure ? dialTls(server.port, tls, options) : RawSocket.dial(server.port, options));
      const dead = add(await dial({ path: "/dead", pongs: false }));
      const alive = add(await dial({ path: "/alive" }));
      const began = Date.now();
      await dead.end(20_000);
      assert.ok(Date.now() - began < 19_500, `${Date.now() - began} ms`);
      assert.ok(alive.pings >= 1 && !alive.closed, "who answers stays");
      const { json } = await ask(server.port, "/api/robots", { tls: secure ? tls : undefined });
      assert.deepEqual(json.robots.map(({ name }) => name), ["alive"]);
    }));
  });
});

test("a robot that does not read is dropped, and one that never stops talking", async () => {
  await withAll(async (add) => {
    const server = add(await startServer(["--robot-timeout", "2000"]));
    const slow = add(await RawSocket.dial(server.port, { path: "/slow", protocol: "rtcbot.v1" }));
    slow.send({ type: "hello", version: 1 });
    await slow.message(0);
    slow._tcp.pause();
    const large = JSON.parse(JSON.stringify(offer("large")));
    large.sdp += `a=x:${"y".repeat(90_000)}\r\n`;
    // First the kernel's buffers take it, then a mebibyte of the server's own.
    const waiting = () => Promise.all(Array.from({ length: 12 }, () => post(server.port, "/slow", large)));
    const why = await eventually("the robot that does not read to be dropped", async () =>
      (await waiting()).map(({ json }) => json.error).find((error) => error === "robot_left" || error === "robot_offline"));
    assert.ok(why);
    assert.equal((await ask(server.port, "/api/robots")).json.robots.length, 0);
    const talker = add(await RawSocket.dial(server.port, { path: "/talker", protocol: "rtcbot.v1" }));
    talker.send({ type: "hello", version: 1 });
    await talker.message(0);
    for (let i = 0; i < 2000; i++) talker.send({ type: "status", viewers: i % 3 });
    assert.equal((await talker.end()).code, 1008);
  });
});

test("the server survives when no file descriptor is left", async () => {
  await withAll(async (add) => {
    const server = add(new Program("/usr/bin/prlimit", ["--nofile=64:64", `${bin}/rtcbot-server`, "--address", "127.0.0.1", "--port", "0"]));
    server.port = Number(/port (\d+)/.exec(await server.line(/listening on port/))[1]);
    server.name = "rtcbot-server";
    add(answerAll(await RawSocket.dial(server.port)));
    const many = [];
    add({ stop: () => many.forEach((socket) => socket.destroy()) });
    for (let i = 0; i < 200; i++) {
      const socket = await open(server.port);
      socket.on("error", () => {});
      socket.resume();
      many.push(socket);
    }
    await server.line(/no file descriptor is left/);
    await eventually("those beyond the limit to be turned away", () => many.filter((s) => s.destroyed || s.readableEnded).length >= 130);
    assert.equal(server.lines.filter(({ text }) => /no file descriptor/.test(text)).length, 1, "said once");
    for (const socket of many.splice(0)) socket.destroy();
    await eventually("it to serve again", async () => (await ask(server.port, "/healthz").catch(() => null))?.status === 200);
    assert.equal(markOf((await post(server.port, "/connect", offer("after"))).json), "after");
    assert.ok((await metric(server.port, "rtcbot_http_descriptors_spent_total")) >= 1);
  });
});

test("a socket that is passed is used, and the service manager hears how it goes", async () => {
  await withAll(async (add) => {
    const systemd = add(new Program("/usr/bin/python3", [`${root}tests/fleet/support/activate.py`, `${bin}/rtcbot-server`, "--port", "1"]));
    systemd.name = "activate.py";
    const port = Number(/listening (\d+)/.exec(await systemd.line(/^listening \d+/))[1]);
    await systemd.line(new RegExp(`READY=1 STATUS=Listening on port ${port} `));
    await systemd.line(/WATCHDOG=1/);
    assert.equal((await ask(port, "/healthz")).text, "ok\n");
    assert.equal((await systemd.stop()).code, 0);
    assert.ok(systemd.lines.some(({ text }) => /STOPPING=1/.test(text)), systemd.log());
  });
});

test("robots leave spread out when the server stops, and none is lost", async () => {
  await withAll(async (add) => {
    let server = await startServer(["--max-pending", "0", "--robots-per-address", "0"]);
    const { port } = server;
    const fleet = add(new Program("fleet_client", ["hold", "--port", String(port), "--count", "1000"]));
    const last = () => JSON.parse(fleet.lines.at(-1)?.text ?? "{}");
    await eventually("all robots to be online", () => last().welcomed >= 1000);
    const dialled = last().dials;
    const began = Date.now();
    assert.equal((await server.stop()).code, 0);
    assert.ok(Date.now() - began < 10_000, "it waits only until they have left");
    server = add(await startServer(["--max-pending", "0", "--robots-per-address", "0"], { port }));
    // They were told to come after two seconds: where the server was not there by then, they dial in vain.
    const most = Date.now() - began < 1_900 ? 1100 : 3500;
    await eventually("all robots to be back", () => last().online === 1000 && last().lost === 1000);
    assert.ok(last().dials - dialled < most, `${last().dials - dialled} dials: they came when they were told to`);
    assert.equal((await ask(port, "/api/robots")).json.robots.length, 1000);
  });
});
