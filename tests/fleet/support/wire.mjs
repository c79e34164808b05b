// Plain and TLS connections of a test: exact bytes, requests, and websockets through either.
import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import { request as requestTls } from "node:https";
import { request as requestPlain } from "node:http";
import { PATIENCE } from "../../lib/programs.mjs";
import { answer, markOf } from "../../lib/offers.mjs";
import { RawSocket } from "../../lib/raw_socket.mjs";

/** An open connection. `from`: the address of this machine to come from. */
export function open(port, { tls, from = "127.0.0.1" } = {}) {
  return new Promise((resolve, reject) => {
    const plain = connectPlain({ host: "127.0.0.1", port, localAddress: from });
    const socket = tls ? connectTls({ socket: plain, servername: "localhost", ca: tls.pem }) : plain;
    plain.on("error", reject);
    socket.on("error", reject);
    socket.once(tls ? "secureConnect" : "connect", () => resolve(socket));
  });
}

/** All that the other side says until it closes. */
export function readToEnd(socket, limit = PATIENCE) {
  return new Promise((resolve, reject) => {
    let text = "";
    const late = setTimeout(() => reject(new Error(`still open after ${limit} ms; it said: ${text.slice(0, 200)}`)), limit);
    socket.on("data", (chunk) => (text += chunk));
    socket.on("error", () => {});
    socket.on("close", () => (clearTimeout(late), resolve(text)));
  });
}

/** One request; `tls` is a Certificate. Gives {status, headers, text, json}. */
export function ask(port, path, { method = "GET", body, headers = {}, tls, from } = {}) {
  return new Promise((resolve, reject) => {
    const named = tls ? { Host: `localhost:${port}`, ...headers } : headers;
    const options = { host: "127.0.0.1", port, path, method, headers: named, timeout: PATIENCE, localAddress: from, agent: false };
    const sent = tls ? requestTls({ ...options, ca: tls.pem, servername: "localhost" }) : requestPlain(options);
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
    sent.on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const isJson = /json/.test(response.headers["content-type"] ?? "");
      resolve({ status: response.statusCode, headers: response.headers, text, json: isJson ? JSON.parse(text) : null });
    });
    sent.end(body);
  });
}

/** A websocket through TLS, as RawSocket.dial is one without. */
export const dialTls = (port, tls, options = {}) =>
  RawSocket.dial(port, { ...options, tls, headers: { Host: `localhost:${port}`, ...options.headers } });

/** The value of one line of /metrics. */
export async function metric(port, name, options) {
  const { text } = await ask(port, "/metrics", options);
  return Number(new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\S+)`, "m").exec(text)?.[1]);
}

/** A robot that answers each offer with its mark. */
export function answerAll(robot) {
  let seen = 0;
  const timer = setInterval(() => {
    for (; seen < robot.texts.length; seen++) robot.send(answer(markOf(JSON.parse(robot.texts[seen]))));
  }, 5);
  robot.end(600_000).then(() => clearInterval(timer), () => clearInterval(timer));
  return { stop: () => (clearInterval(timer), robot.stop()) };
}
