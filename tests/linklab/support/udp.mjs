// A program for either end of the link.   receive PORT | send HOST PORT BYTES PACKETS-PER-SECOND COUNT
//
// The receiver sends back each packet and answers "report" and "poke" (a packet to the first sender it has heard) on standard input.
// The sender says what has come back: all of it when it has sent everything, and at "report".
import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";

const [role, ...words] = process.argv.slice(2);
const socket = createSocket("udp4");
const seen = { packets: 0, bytes: 0, firstUs: 0, lastUs: 0, numbers: [], sources: [] };
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const nowUs = () => Number(process.hrtime.bigint() / 1000n);
const IP_AND_UDP = 28;

function note(packet, { address, port }) {
  seen.lastUs = nowUs();
  if (seen.packets++ === 0) seen.firstUs = seen.lastUs;
  seen.bytes += packet.length + IP_AND_UDP;
  if (packet.length >= 4) seen.numbers.push(packet.readUInt32BE());
  const source = `${address}:${port}`;
  if (!seen.sources.includes(source)) seen.sources.push(source);
}

socket.on("message", (packet, from) => {
  note(packet, from);
  if (role === "receive") socket.send(packet.subarray(0, 4), from.port, from.address);
});
socket.on("error", (error) => say({ error: String(error) }));

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "report") say(seen);
  const [address, port] = (seen.sources[0] ?? "").split(":");
  if (line === "poke") socket.send("p", Number(port), address, () => say({ poked: `${address}:${port}` }));
}).on("close", () => process.exit(0));

if (role === "receive") {
  socket.bind(Number(words[0]), () => say({ ready: true }));
} else {
  const [host, port, size, perSecond, count] = [words[0], ...words.slice(1).map(Number)];
  socket.bind(0, () => {
    say({ ready: true, port: socket.address().port });
    const begin = nowUs();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((nowUs() - begin) * perSecond) / 1e6));
      for (; sent < due; ++sent) {
        const packet = Buffer.alloc(size);
        packet.writeUInt32BE(sent);
        socket.send(packet, port, host);
      }
      if (sent < count) return;
      clearInterval(timer);
      say({ sent });
    }, 2);
  });
}
