// What a path does by itself: a datagram each 20 ms, in a process at either end.
//   radio_datagrams.mjs receive         says {"port": N}, then {"sent": MS} for each that comes
//   radio_datagrams.mjs send HOST PORT  until it is ended
import { createSocket } from "node:dgram";

export const EVERY = 20; // ms; 50 Hz, as the commands

const [what, host, port] = process.argv.slice(2);
const socket = createSocket("udp4");
if (what === "receive") {
  socket.on("message", (bytes) => process.stdout.write(`${bytes}\n`));
  socket.bind(0, () => process.stdout.write(`${JSON.stringify({ port: socket.address().port })}\n`));
} else if (what === "send") {
  // As long as a command with its headers.
  setInterval(() => socket.send(JSON.stringify({ sent: Date.now(), filler: "x".repeat(60) }), Number(port), host), EVERY);
}
