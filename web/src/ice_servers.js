import { authorization, isPage, pageInPlaceOf, redirectInPlaceOf } from "./dial.js";
import { RTCBotError, asRTCBotError, refusalIn } from "./errors.js";

/** Limit for the server's answer with its STUN and TURN servers, ms. */
export const ICE_SERVERS_TIMEOUT = 10000;

/**
 * If the server's TURN credentials expire, returns the configuration with new ones; otherwise unchanged.
 * @param {any} configuration with `iceServersUrl` if they must be requested
 * @param {Pick<import("./environment.js").Environment, "fetch" | "setTimeout" | "clearTimeout">} env
 * @param {string} [token] the server's credential
 * @returns {Promise<RTCConfiguration>} rejects with an RTCBotError, because without servers a connection would fail later with a less clear error
 */
export async function freshConfiguration(configuration, env, token) {
  if (!configuration?.iceServersUrl) return configuration;
  const aborter = new AbortController();
  const timer = env.setTimeout(() => aborter.abort(), ICE_SERVERS_TIMEOUT);
  try {
    const response = await env.fetch(configuration.iceServersUrl,
      { cache: "no-store", signal: aborter.signal, redirect: "manual", ...authorization(token) });
    if (response.type === "opaqueredirect") throw redirectInPlaceOf("the server's STUN and TURN servers");
    const text = await response.text();
    if (isPage(response, text)) throw pageInPlaceOf("the server's STUN and TURN servers", response);
    const body = JSON.parse(text);
    const refusal = refusalIn(body, { status: response.status });
    if (refusal) throw refusal;
    if (!Array.isArray(body?.ice_servers)) throw new RTCBotError("http", "The server sent no list of STUN and TURN servers.");
    return { ...configuration, iceServers: body.ice_servers };
  } catch (thrown) {
    throw asRTCBotError(thrown, "network", "The page cannot get the server's STUN and TURN servers. Is this device online?");
  } finally {
    env.clearTimeout(timer);
  }
}
