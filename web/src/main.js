export { RTCConnection } from "./connection.js";
export { connect, Link } from "./link.js";
export { Websocket } from "./websocket.js";
export { Keyboard } from "./keyboard.js";
export { Gamepad, setGamepadRate } from "./gamepad.js";
export { Queue } from "./queue.js";
export { RTCBotError } from "./errors.js";
export { defaultConfiguration } from "./defaults.js";
export { backoffPolicy } from "./reconnect_policy.js";
