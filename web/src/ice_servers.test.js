import assert from "node:assert/strict";
import { test } from "node:test";
import { freshConfiguration } from "./ice_servers.js";

const timers = { setTimeout: () => 1, clearTimeout: () => {} };
/** An environment whose server gives these answers in turn. @param {any[]} answers */
const server = (...answers) => ({
  ...timers, asked: /** @type {string[]} */ ([]),
  async fetch(/** @type {string} */ url) {
    this.asked.push(url);
    const { status = 200, body, type = "application/json" } = answers.shift();
    if (body instanceof Error) throw body;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { "Content-Type": type } });
  },
});

test("without an address to ask, the configuration is used as it is", async () => {
  const env = server();
  const configuration = { iceServers: [] };
  assert.equal(await freshConfiguration(configuration, env), configuration);
  assert.deepEqual(env.asked, []);
});

test("each connection asks anew", async () => {
  const relay = (/** @type {string} */ username) => [{ urls: ["turn:relay.example.org"], username, credential: "x" }];
  const env = server({ body: { ice_servers: relay("1"), ttl: 60 } }, { body: { ice_servers: relay("2"), ttl: 60 } });
  const configuration = { iceServers: [], iceTransportPolicy: "relay", iceServersUrl: "/api/ice-servers" };
  assert.deepEqual((await freshConfiguration(configuration, env)).iceServers, relay("1"));
  const second = await freshConfiguration(configuration, env);
  assert.deepEqual([second.iceServers, second.iceTransportPolicy], [relay("2"), "relay"]);
  assert.deepEqual(env.asked, ["/api/ice-servers", "/api/ice-servers"]);
});

test("a refusal, nonsense and silence are told as what they are", async () => {
  const configuration = { iceServersUrl: "/api/ice-servers" };
  const refused = { status: 401, body: { error: "unauthorized", message: "You are not signed in here." } };
  await assert.rejects(freshConfiguration(configuration, server(refused)), { reason: "unauthorized", message: /not signed in/ });
  await assert.rejects(freshConfiguration(configuration, server({ body: { other: 1 } })), { reason: "http" });
  await assert.rejects(freshConfiguration(configuration, server({ body: new Error("gone") })), { reason: "network" });
});

test("a web page in place of the servers is called that, and a credential is shown", async () => {
  const configuration = { iceServersUrl: "/api/ice-servers" };
  const page = { body: "<!doctype html><h1>Log in</h1>", type: "text/html" };
  await assert.rejects(freshConfiguration(configuration, server(page)), { reason: "http", message: /web page.*login page or a proxy/ });
  let shown;
  const env = { ...timers, fetch: async (/** @type {string} */ url, /** @type {any} */ init) => {
    shown = init.headers.Authorization;
    return new Response('{"ice_servers":[]}');
  } };
  await freshConfiguration(configuration, env, "a.b.c");
  assert.equal(shown, "Bearer a.b.c");
});
