// A page's use of everything that rtcbot.d.ts declares; it is compiled, not run.
import {
  Controls, Gamepad, Keyboard, Link, Queue, RTCBotError, RTCConnection, Websocket, backoffPolicy, connect, defaultConfiguration, setGamepadRate,
} from "../../rtcbot.js";

export async function tutorial(video: HTMLVideoElement): Promise<void> {
  const conn = new RTCConnection();
  conn.video.subscribe((stream) => (video.srcObject = stream));
  const offer = await conn.getLocalDescription();
  const response = await fetch("/connect", { method: "POST", cache: "no-cache", body: JSON.stringify(offer) });
  await conn.setRemoteDescription(await response.json());
  const same: RTCConnection = await conn.onReady();
  same.onStats((stats) => console.log(stats.latency?.p95, stats.freezes, same.pictureAge));
  same.onStateChange((state) => console.log(state === "interrupted"));
  same.onError((error) => console.log(error.reason === "peer_lost", error.retryAfter ?? 0));
  // @ts-expect-error no such reason
  same.onError((error) => error.reason === "peer_lots");
  const texts = new Queue<string>(10);
  same.subscribe(texts);
  same.put_nowait({ hello: await texts.get() });
  new Keyboard().subscribe(conn.put_nowait);
  const pad = new Gamepad();
  pad.subscribe((event) => conn.put_nowait([event.type, event.value, pad.state?.axes[0]]));
  setGamepadRate(20);
}

export function page(video: HTMLVideoElement): Link {
  defaultConfiguration.iceServers = [{ urls: "stun:stun.example.org" }];
  const ws = new Websocket("ws://localhost/ws", { json: false });
  ws.put_nowait("x");
  return connect({
    url: "/rover", video, reconnect: backoffPolicy({ longest: 1000 }), limits: { freshAfter: 500 },
    onStats: ({ framesPerSecond, bitrate }) => console.log(framesPerSecond, bitrate ?? 0),
    onState: (link) => console.log(link.state, link.error instanceof RTCBotError ? link.error.message : "", link.retryIn),
  });
}

export async function drive(video: HTMLVideoElement, stick: HTMLElement): Promise<void> {
  const { driving } = connect({ video, driving: { name: "Ann" } });
  if (!driving) return;
  driving.controls = new Controls({ touch: stick, onStop: () => driving.stop(), onNeutral: () => driving.flush() });
  driving.onStatus(({ moving, why }) => console.log(moving, why, driving.latency ?? 0, driving.facts.stop?.by));
  driving.onTelemetry((data) => console.log(data.battery));
  if ((await driving.take()).asked) console.log(driving.facts.state?.asking);
  await driving.setLimit(0.5);
  if (driving.audioWays.listen) await driving.listen(true);
  // @ts-expect-error the robot says who drives
  driving.isDriver = true;
}
