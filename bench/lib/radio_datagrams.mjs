// Measures a path alone: a datagram every 20 ms, with a process at each end.
//   radio_datagrams.mjs receive         prints {"port": N}, then {"sent": MS} for each datagram
//   radio_datagrams.mjs send HOST PORT  runs until it is ended
import { createSocket } from "node:dgram";

export const EVERY = 20; // ms; 50 Hz, like the commands

const [what, host, port] = process.argv.slice(2);
const socket = createSocket("udp4");
if (what === "receive") {
  socket.on("message", (bytes) => process.stdout.write(`${bytes}\n`));
  socket.bind(0, () => process.stdout.write(`${JSON.stringify({ port: socket.address().port })}\n`));
} else if (what === "send") {
  // As long as a command with its headers.
  setInterval(() => socket.send(JSON.stringify({ sent: Date.now(), filler: "x".repeat(60) }), Number(port), host), EVERY);
}
