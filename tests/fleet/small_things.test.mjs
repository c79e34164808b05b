// What strangers, crawlers and other programs' clients send, and what they are told.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { answer, markOf, offer } from "../lib/offers.mjs";
import { Robot, eventually, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Certificate } from "./support/certificates.mjs";
import { Credentials, bearer } from "./support/credentials.mjs";
import { answerAll, ask, dialTls, metric, open, readToEnd } from "./support/wire.mjs";

test("a slash too many leads to the robot: page, offer and socket", () => withAll(async (add) => {
  const server = add(await startServer());
  const page = await ask(server.port, "/digger/?watch");
  assert.deepEqual([page.status, page.headers.location], [308, "../digger?watch"]);
  assert.equal((await ask(server.port, "/login/")).status, 404, "only robots' pages are led to");
  const robot = add(await RawSocket.dial(server.port, { path: "/digger/" }));
  add(answerAll(robot));
  assert.equal(robot.status, 101);
  assert.deepEqual((await ask(server.port, "/api/robots")).json.robots.map(({ name }) => name), ["digger"]);
  const posted = await ask(server.port, "/digger/", { method: "POST", body: JSON.stringify(offer("x")) });
  assert.equal(markOf(posted.json), "x");
  for (const path of ["//", "/digger//", "/a/b/"]) assert.equal((await ask(server.port, path)).status, 404, path);
}));

test("what browsers and crawlers ask every site for is no robot", () => withAll(async (add) => {
  const server = add(await startServer());
  const robots = await ask(server.port, "/robots.txt");
  assert.deepEqual([robots.status, robots.text], [200, "User-agent: *\nDisallow: /\n"]);
  for (const path of ["/favicon.ico", "/sitemap.xml", "/apple-touch-icon-120x120-precomposed.png", "/ads.txt",
    "/index.php", "/sw.js", "/.well-known/security.txt"]) {
    assert.equal((await ask(server.port, path)).status, 404, path);
  }
  const dialled = await RawSocket.dial(server.port, { path: "/robots.txt" });
  assert.equal(dialled.refusal.error, "not_found");
  const credentials = add(new Credentials());
  const closed = add(await credentials.start());
  assert.equal((await ask(closed.port, "/robots.txt")).status, 200, "a crawler has no credential");
}));

test("a body in another form is refused with what would be taken", () => withAll(async (add) => {
  const server = add(await startServer());
  add(answerAll(await RawSocket.dial(server.port)));
  const body = JSON.stringify(offer("x"));
  const post = (given, headers) => ask(server.port, "/connect", { method: "POST", body: given, headers });
  for (const [given, headers, sentence] of [
    [gzipSync(body), { "Content-Encoding": "gzip" }, /compressed \(Content-Encoding: gzip\).*as it is/],
    [gzipSync(body), { "Content-Encoding": " GZIP" }, /compressed/],
    [offer("x").sdp, { "Content-Type": "application/sdp" }, /Send the offer as JSON.*not as application\/sdp/],
    [offer("x").sdp, { "Content-Type": "Application/SDP; charset=utf-8" }, /not as application\/sdp/],
  ]) {
    const refused = await post(given, headers);
    assert.deepEqual([refused.status, refused.json.error, refused.headers.accept], [415, "bad_offer", "application/json"], JSON.stringify(headers));
    assert.match(refused.json.message, sentence);
  }
  const bare = await post(offer("x").sdp, {});
  assert.deepEqual([bare.status, bare.json.error], [400, "bad_offer"]);
  for (const headers of [{ "Content-Encoding": "identity" }, { "Content-Type": "text/plain" }, { "Content-Type": "application/json" }]) {
    assert.equal((await post(body, headers)).status, 200, JSON.stringify(headers));
  }
}));

/** Posts, shuts the sending half down, and reads to the end. */
async function postAndHalfClose(port, path, { tls, http = "1.1" } = {}) {
  const socket = await open(port, { tls });
  socket.allowHalfOpen = true;
  const said = readToEnd(socket);
  const body = JSON.stringify(offer("half"));
  socket.end(`POST ${path} HTTP/${http}\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return { socket, said };
}

test("a client that has said all and closed its half gets its answer", () => withAll(async (add) => {
  const tls = add(new Certificate());
  for (const [flags, secure] of [[[], undefined], [tls.flags, tls]]) {
    const server = add(await startServer(flags));
    const robot = add(secure ? await dialTls(server.port, tls) : await RawSocket.dial(server.port));
    for (const http of ["1.1", "1.0"]) {
      const before = robot.texts.length;
      const { said } = await postAndHalfClose(server.port, "/connect", { tls: secure, http });
      const offered = await robot.message(before);
      // The end of what it sends has long arrived by then: another request has come and gone since.
      assert.equal((await ask(server.port, "/healthz", { tls: secure })).status, 200);
      robot.send(answer(markOf(offered)));
      const text = await said;
      assert.match(text, http === "1.1" ? /^(HTTP\/1\.1 102 Processing\r\n\r\n)+HTTP\/1\.1 200 / : /^HTTP\/1\.\d 200 /, text.slice(0, 200));
      assert.match(text, /s=half/);
    }
    assert.equal(await metric(server.port, "rtcbot_abandoned_total", { tls: secure }), 0);
  }
}));

test("a client that has really left is noticed while its offer waits", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(await RawSocket.dial(server.port));
  const { socket, said } = await postAndHalfClose(server.port, "/connect");
  await robot.message(0);
  assert.equal(await metric(server.port, "rtcbot_abandoned_total"), 0);
  socket.destroy();
  await said;
  await eventually("its end to be noticed", async () => (await metric(server.port, "rtcbot_abandoned_total")) === 1, 9_000);
}));

test("one address cannot fill the list with names, online or remembered, and others are not kept out", () => withAll(async (add) => {
  const server = add(await startServer(["--robots-per-address", "20", "--list", "always"]));
  const names = async () => (await ask(server.port, "/api/robots")).json.robots.map(({ name }) => name);
  const watcher = add(await RawSocket.dial(server.port, { path: "/api/robots", protocol: "rtcbot.page.v1", from: "127.0.0.3" }));
  const known = () => {
    const robots = new Map();
    for (const text of watcher.texts) {
      for (const { name, forgotten } of JSON.parse(text).robots ?? []) forgotten ? robots.delete(name) : robots.set(name, true);
    }
    return robots.size;
  };
  const own = add(await RawSocket.dial(server.port, { path: "/mine", from: "127.0.0.4" }));
  const invented = [];
  for (let i = 0; i < 160; i++) invented.push(add(await RawSocket.dial(server.port, { path: `/fake${i}`, from: "127.0.0.9" })));
  const over = await eventually("those that are too many to be closed", () => {
    const closed = invented.filter(({ closed: end }) => end);
    return closed.length >= 140 && closed;
  });
  assert.match(over[0].closed.reason, /too many robots of this address.*--robots-per-address/);
  assert.deepEqual([over.length, (await names()).length], [140, 21]);
  const lines = () => server.lines.filter(({ text }) => /robots of this address are online/.test(text)).length;
  // What one address may have written of a kind: a hundred, and one more each second.
  assert.ok(lines() >= 1 && lines() <= 110, `${lines()} lines`);
  // One after the other, each for a moment: they are remembered, but no more than so many.
  for (const socket of invented) socket.stop();
  await eventually("them to leave", async () => (await names()).length === 1);
  for (let i = 0; i < 60; i++) {
    const brief = await RawSocket.dial(server.port, { path: `/brief${i}`, from: "127.0.0.9" });
    brief.close();
    await brief.end();
  }
  await eventually("the list to be short", () => known() <= 21);
  assert.equal(own.closed, null);
  assert.equal((await metric(server.port, "rtcbot_robots_turned_away_total")) >= 140, true);
}));

test("robots that show a credential are not counted by address", () => withAll(async (add) => {
  const credentials = add(new Credentials());
  const signed = add(await credentials.start(["--robots-per-address", "2"]));
  const shared = add(await startServer(["--robots-per-address", "2"], { env: { RTCBOT_ROBOT_TOKEN: "open sesame" } }));
  for (const [server, token] of [[signed, credentials.token("robot")], [shared, "open sesame"]]) {
    const robots = [];
    for (let i = 0; i < 5; i++) robots.push(add(await RawSocket.dial(server.port, { path: `/r${i}`, headers: bearer(token) })));
    await eventually("all to be online", async () => (await ask(server.port, "/metrics", { headers: bearer(credentials.token("admin")) })).text
      .includes("rtcbot_robots_online 5"));
    assert.ok(robots.every(({ closed }) => closed === null));
  }
}));

const SECTIONS = {
  audio: (port) => [`m=audio ${port} UDP/TLS/RTP/SAVPF 111`, "c=IN IP4 0.0.0.0", "a=sendrecv", "a=rtpmap:111 opus/48000/2"],
  video: (port) => [`m=video ${port} UDP/TLS/RTP/SAVPF 96`, "c=IN IP4 0.0.0.0", "a=recvonly", "a=rtpmap:96 VP8/90000"],
  application: (port) => [`m=application ${port} UDP/DTLS/SCTP webrtc-datachannel`, "c=IN IP4 0.0.0.0", "a=sctp-port:5000",
    "a=max-message-size:65536"],
};

/**
 * An offer as RFC 9429 section 5.2.1 writes it with the policy max-bundle: all sections but the first have port 0, "bundle-only" and
 * nothing about their transport, which is the first one's.
 */
function maxBundleOffer(kinds) {
  const transport = ["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", `a=fingerprint:sha-256 ${"AB:".repeat(31)}AB`,
    "a=setup:actpass", "a=tls-id:91bbf309c0990a6bec11e38ba2933cee", "a=rtcp:9 IN IP4 0.0.0.0", "a=rtcp-mux", "a=rtcp-mux-only", "a=rtcp-rsize"];
  const sections = kinds.flatMap((kind, at) => [...SECTIONS[kind](at === 0 ? 9 : 0), `a=mid:${at}`,
    ...(at === 0 ? transport.slice(0, kind === "application" ? 5 : undefined) : ["a=bundle-only"])]);
  return { type: "offer", sdp: ["v=0", "o=- 4962303333179871722 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-options:trickle ice2",
    `a=group:BUNDLE ${kinds.map((_, at) => at).join(" ")}`, ...sections, ""].join("\r\n") };
}

test("an offer of the policy max-bundle, as RFC 9429 writes it, is answered", () => withAll(async (add) => {
  const server = add(await startServer());
  const robot = add(new Robot(server.port));
  await robot.online();
  for (const kinds of [["video", "application"], ["application", "video"], ["audio", "video", "application"], ["video", "audio"]]) {
    const { status, json } = await ask(server.port, "/connect", { method: "POST", body: JSON.stringify(maxBundleOffer(kinds)) });
    assert.equal(status, 200, `${kinds}: ${JSON.stringify(json)}`);
    const ports = json.sdp.match(/^m=\w+ \d+/gm);
    assert.equal(ports.length, kinds.length, json.sdp);
    for (const port of ports) if (!port.startsWith("m=audio")) assert.match(port, / [1-9]/, `${kinds}: ${json.sdp}`);
  }
}));
