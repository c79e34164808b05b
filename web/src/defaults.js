/** @type {any} */
const page = globalThis;

/**
 * What a connection uses unless it is told otherwise: `new RTCPeerConnection(defaultConfiguration)`. It names no server,
 * so nobody outside is asked. A server that knows STUN or TURN servers puts `var rtcbotDefaults = {iceServers: […]};` in front of
 * rtcbot.js; a page may change this object before it makes a connection. With `iceServersUrl`, each connection asks there first.
 * @type {RTCConfiguration}
 */
export const defaultConfiguration = { iceServers: [], ...page.rtcbotDefaults };

/**
 * Where a page's offers go unless it says otherwise: to the server that gave this script, which says where in front of it, and else to
 * the page's own.
 */
export const defaultUrl = page.rtcbotBase ? new URL("connect", page.rtcbotBase).href : "/connect";

/** Whether the server that gave this script has a websocket for its pages, and says so in front of it. */
export const serverHasPageSocket = page.rtcbotSignalling === "rtcbot.page.v1";
