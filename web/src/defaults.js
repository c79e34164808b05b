/** @type {any} */
const page = globalThis;

/**
 * The default configuration of connections: `new RTCPeerConnection(defaultConfiguration)`. It names no server, so no outside
 * server is contacted. A server with STUN or TURN servers puts `var rtcbotDefaults = {iceServers: […]};` in front of rtcbot.js. A
 * page may change this object before it makes a connection. With `iceServersUrl`, each connection requests its servers there
 * first.
 * @type {RTCConfiguration}
 */
export const defaultConfiguration = { iceServers: [], ...page.rtcbotDefaults };

/**
 * The default address for a page's offers: at the server that served this script, if that set `rtcbotBase` in front of it;
 * otherwise at the page's own server.
 */
export const defaultUrl = page.rtcbotBase ? new URL("connect", page.rtcbotBase).href : "/connect";

/** True if the server that served this script has a websocket for its pages, and has set this in front of it. */
export const serverHasPageSocket = page.rtcbotSignalling === "rtcbot.page.v1";
