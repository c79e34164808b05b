// What an operator has: metrics that a Prometheus takes, a dashboard and alerts that ask for metrics that exist, and one id
// from a page's offer to the answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answer, markOf, offer, post } from "../lib/offers.mjs";
import { root, startServer, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";

const TYPES = ["counter", "gauge", "histogram"];

/** Metrics by name, out of Prometheus' text format: {type, help, samples: [{name, labels, value}]}. */
function parse(text) {
  const metrics = new Map();
  for (const line of text.trimEnd().split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name, rest] = comment;
      metrics.set(name, { ...metrics.get(name), [kind.toLowerCase()]: rest, samples: metrics.get(name)?.samples ?? [] });
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="[^"\\]*",?)*\})? (-?[0-9.e+-]+|NaN)$/.exec(line);
    assert.ok(sample, `a line of the format: ${line}`);
    const [, name, labels = "", value] = sample;
    const family = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ""));
    assert.ok(family, `${name} was announced by HELP and TYPE`);
    family.samples.push({ name, labels, value: Number(value) });
  }
  return metrics;
}

async function metricsOf(server) {
  const response = await fetch(`${server.url}/metrics`);
  assert.match(response.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  return parse(await response.text());
}

const valueOf = (metrics, name) => metrics.get(name).samples[0].value;

/** Puts one offer through a server with a bare robot that answers and leaves. */
async function introduce(add, server, headers) {
  const robot = await RawSocket.dial(server.port);
  add({ stop: () => robot.vanish() });
  const asked = post(`${server.url}/connect`, offer("hello"), { headers });
  robot.send(answer(markOf(await robot.message())));
  await asked;
  robot.vanish();
  return asked;
}

test("metrics have names, units and types by Prometheus' conventions", () => withAll(async (add) => {
  const server = add(await startServer());
  await introduce(add, server);
  const metrics = await metricsOf(server);
  assert.ok(metrics.size > 15, `${metrics.size} metrics`);
  for (const [name, { type, help, samples }] of metrics) {
    assert.match(name, /^(rtcbot|process)_[a-z_]+$/);
    assert.ok(TYPES.includes(type), `${name} is a ${type}`);
    assert.match(help, /^[A-Z].*\.$/, `${name} is explained in a sentence`);
    assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
    assert.doesNotMatch(name, /_(ms|milliseconds|kb|kilobytes|percent)(_|$)/, "base units only");
    assert.ok(samples.length > 0, `${name} has a value`);
  }
  assert.equal(valueOf(metrics, "rtcbot_answers_total"), 1);
  assert.ok(valueOf(metrics, "process_resident_memory_bytes") > 1e6);
  assert.ok(Math.abs(valueOf(metrics, "process_start_time_seconds") - Date.now() / 1000) < 60);
}));

test("the time from offer to answer is counted in buckets that add up", () => withAll(async (add) => {
  const server = add(await startServer());
  await introduce(add, server);
  const { samples } = (await metricsOf(server)).get("rtcbot_answer_duration_seconds");
  const buckets = samples.filter(({ name }) => name.endsWith("_bucket"));
  assert.deepEqual(buckets.map(({ value }) => value), buckets.map(({ value }) => value).sort((a, b) => a - b), "cumulative");
  assert.equal(buckets.at(-1).labels, '{le="+Inf"}');
  assert.equal(buckets.at(-1).value, 1);
  assert.equal(samples.find(({ name }) => name.endsWith("_count")).value, 1);
  assert.ok(samples.find(({ name }) => name.endsWith("_sum")).value > 0);
}));

test("dashboard and alerts ask for metrics that exist", () => withAll(async (add) => {
  const metrics = await metricsOf(add(await startServer()));
  const dashboard = JSON.parse(readFileSync(`${root}deploy/grafana/rtcbot-server.json`, "utf8"));
  const asked = [...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...readFileSync(`${root}deploy/prometheus/rtcbot.rules.yml`, "utf8").matchAll(/expr: (.*)/g)].map(String);
  assert.ok(asked.length > 20);
  for (const expression of asked) {
    const names = [...expression.matchAll(/\b(?:rtcbot|process)_[a-z_]+/g)].map(([name]) => name);
    for (const name of names) {
      const family = name.replace(/_(bucket|sum|count)$/, "");
      assert.ok(metrics.has(name) || metrics.get(family)?.type === "histogram", `${name} of ${expression}`);
    }
  }
}));

test("one id goes from the offer to the answer and through the log", () => withAll(async (add) => {
  const server = add(await startServer(["--log-format", "json"]));
  const made = await introduce(add, server);
  const id = made.headers.get("x-request-id");
  assert.match(id, /^[0-9a-f]{16}$/);
  const given = await introduce(add, server, { "x-request-id": "from-the-proxy.7" });
  assert.equal(given.headers.get("x-request-id"), "from-the-proxy.7");
  const record = JSON.parse((await server.line(new RegExp(`"offer ${id} `))).trim());
  assert.equal(record.level, "info");
  assert.match(record.message, /for the robot: answered after \d+ ms$/);
  await server.line(/"offer from-the-proxy\.7 /);
}));

test("a refused offer is found in the log by the id that its page was given", () => withAll(async (add) => {
  const server = add(await startServer());
  const refused = await post(`${server.url}/nobody`, offer("a"));
  assert.equal(refused.status, 404);
  await server.line(new RegExp(`offer ${refused.headers.get("x-request-id")} from 127\\.0\\.0\\.1:\\d+ for robot nobody: refused with 404`));
}));
