import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../test-support/fake_clock.js";
import { FakePeer } from "../test-support/fake_peer.js";
import { Link } from "./link.js";
import { CERTIFICATE_TIMEOUT, PageCertificate } from "./page_certificate.js";

const month = 30 * 24 * 3600 * 1000;

/** A browser whose certificates are made on the test's demand. */
function browser(clock = new FakeClock()) {
  /** @type {((certificate: any) => void)[]} */
  const asked = [];
  /** @type {any[]} */
  const configurations = [];
  class Peer extends FakePeer {
    /** @param {any} configuration */
    constructor(configuration) {
      super();
      configurations.push(configuration);
    }
    static generateCertificate() {
      return new Promise((resolve) => asked.push(resolve));
    }
  }
  const env = /** @type {any} */ ({ ...clock, RTCPeerConnection: Peer, window: null, document: null, random: () => 0.5 });
  return { asked, configurations, env };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("a page keeps its certificate", async () => {
  const { asked, env } = browser();
  const certificate = new PageCertificate(env);
  assert.equal(certificate.isSettled, false);
  const settled = certificate.settle();
  const made = { expires: Date.now() + month };
  asked[0](made);
  await settled;
  assert.equal(certificate.isSettled, true);
  assert.deepEqual(certificate.within({ iceServers: [] }), { certificates: [made], iceServers: [] });
  assert.deepEqual(certificate.within({ certificates: [] }), { certificates: [] }, "the page's own word counts");
});

test("one that is about to end is replaced", async () => {
  const { asked, env } = browser();
  const certificate = new PageCertificate(env);
  const settled = certificate.settle();
  asked[0]({ expires: Date.now() + 60_000 });
  await settled;
  assert.equal(certificate.isSettled, false);
});

test("a browser that makes none is not waited for", async () => {
  const none = new PageCertificate(/** @type {any} */ ({ RTCPeerConnection: FakePeer }));
  assert.equal(none.isSettled, true);
  assert.deepEqual(none.within({ iceServers: [] }), { iceServers: [] });
  const clock = new FakeClock();
  const { env } = browser(clock);
  const late = new PageCertificate(env);
  const settled = late.settle();
  clock.advance(CERTIFICATE_TIMEOUT);
  await settled;
  assert.equal(late.isSettled, true);
});

test("all connections of a link have the same certificate, also the first", async () => {
  const { asked, configurations, env } = browser();
  const link = new Link({ environment: env, socket: false });
  assert.equal(configurations.length, 0);
  const made = { expires: Date.now() + month };
  asked[0](made);
  await soon();
  assert.deepEqual(configurations.map(({ certificates }) => certificates), [[made]]);
  link.close();
});

test("a link that is closed meanwhile makes no connection", async () => {
  const { asked, configurations, env } = browser();
  const link = new Link({ environment: env, socket: false });
  link.close();
  asked[0]({ expires: Date.now() + month });
  await soon();
  assert.equal(configurations.length, 0);
});
