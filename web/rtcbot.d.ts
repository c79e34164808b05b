// Declarations of rtcbot.js and rtcbot.mjs. As a script it defines the same names as members of the global `rtcbot`.

export as namespace rtcbot;

/** Reason of a failure, for programs; the error's message is the sentence for people. */
export type Reason =
  | "no_robot" | "robot_offline" | "robot_left" | "robot_timeout" | "bad_offer" | "too_large" | "unauthorized" | "forbidden"
  | "name_taken" | "busy" | "rate_limited" | "stopping" | "unavailable" | "refused" | "bad_answer" | "gathering_failed" | "connect_failed"
  | "peer_lost" | "closed" | "timeout" | "http" | "network" | "queue_full" | "bad_use";

export class RTCBotError extends Error {
  constructor(reason: Reason, message: string, details?: { cause?: unknown; retryAfter?: number; status?: number; code?: string });
  readonly reason: Reason;
  /** The server's own code; the same as `reason` unless that is "refused", or a special case: "signed_out" of "unauthorized". */
  readonly code: string;
  /** ms that the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** Status of the HTTP response. */
  readonly status: number | undefined;
  readonly cause: unknown;
}

/** Receives values: a function, or anything with `put_nowait`. */
export type Consumer<T> = ((value: T) => void) | { put_nowait(value: T): void };

/** An event that happens once: pass a consumer, or nothing for a promise. Called immediately if it has already happened. */
export interface Occasion<T> {
  (): Promise<T>;
  <C extends Consumer<T>>(consumer: C): C;
}

/** The library's interface to the browser, which tests can replace. */
export interface Environment {
  RTCPeerConnection: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  WebSocket: new (url: string | URL, protocols?: string | string[]) => WebSocket;
  fetch: (input: string, init?: RequestInit) => Promise<Response>;
  setTimeout: (task: () => void, ms: number) => any;
  clearTimeout: (handle: any) => void;
  /** ms of a monotonic clock. */
  now: () => number;
  random: () => number;
  window: Pick<EventTarget, "addEventListener" | "removeEventListener"> | null;
  document: Pick<Document, "querySelectorAll"> | null;
}

/** The default configuration: no servers, or the global `rtcbotDefaults` at the time when the script was loaded. */
export const defaultConfiguration: RTCConfiguration;

export type ConnectionState = "new" | "connecting" | "connected" | "interrupted" | "failed" | "closed";

/** All times in ms. */
export interface ConnectionOptions {
  connectTimeout?: number;
  gathering?: { withServers?: number; withoutServers?: number; grace?: number };
  liveness?: { steadySilence?: number; idleSilence?: number; lost?: number; steadyFor?: number };
  outbox?: { messages?: number; bytes?: number };
  /** Whether to drive the robot: `connection.driving`. */
  driving?: boolean | DrivingOptions;
  /** A credential for `rtcConfiguration.iceServersUrl`. */
  token?: string;
  environment?: Partial<Environment>;
}

export interface ConnectionMedia {
  readonly kind: "video" | "audio";
  readonly incomingStream: MediaStream | null;
  readonly outgoingStream: MediaStreamTrack | null;
  /** The robot's formats, for example "H264", if this browser plays none of them; otherwise null. */
  readonly unplayable: readonly string[] | null;
  /** Requests this kind; call before `getLocalDescription`. */
  subscribe(consumer: Consumer<MediaStream>): void;
  /** Sends a track; call before `getLocalDescription`. */
  putSubscription(track: MediaStreamTrack): void;
  offerToReceive(): void;
  /** Permits this kind in both directions later; nothing is sent yet. Call before `getLocalDescription`. */
  offerBothWays(): void;
  /** Sends this track from now on; null: none. Call after `offerBothWays`. */
  send(track: MediaStreamTrack | null): Promise<void>;
}

/**
 * Statistics of one connection at one time. "So far" counts from the connection's start; rates and means cover the last second,
 * `latency` and `framesPerSecond` the last five. Values about the screen need an element of the page that shows the video.
 */
export interface ConnectionStats {
  /** ms, by `performance.now()`. */
  readonly time: number;
  /**
   * Glass to glass: ms from a picture's capture until it is on screen. Null if the browser does not report the capture time (all
   * but Chromium) or the robot does not send its time (all but ours).
   */
  readonly latency: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /**
   * ms since the picture on screen was captured; if that is unknown, since it was shown, plus half the round trip and the
   * buffer's delay; null before the first.
   */
  readonly pictureAge: number | null;
  /** On screen. */
  readonly framesPerSecond: number;
  /** On screen so far. */
  readonly frames: number;
  /** So far, including the present one: no new frame for over 200 ms while the page was visible. */
  readonly freezes: number;
  /** ms of freezes so far. */
  readonly frozen: number;
  /** The page's own video receiver; null if this connection does not use it. */
  readonly receiver: ReceiverStats | null;
  /** The robot's Unix time minus `performance.now()`, and the possible error, ms. */
  readonly clock: { readonly offset: number; readonly error: number } | null;
  /** ms. */
  readonly roundTrip: number | null;
  /** Mean ms that a frame waited before it was decoded. */
  readonly jitterBuffer: number | null;
  /** Of the video, bits/s. */
  readonly bitrate: number | null;
  /** Of video so far. */
  readonly bytes: number;
  /** Received so far. */
  readonly packets: number;
  /** So far, without those that were retransmitted in time. */
  readonly packetsLost: number;
  /** Share of lost packets, 0 to 1. */
  readonly loss: number | null;
  /** Received as a retransmission so far. */
  readonly packetsRepeated: number;
  /** So far. */
  readonly framesDecoded: number;
  /** Received so far and never shown. */
  readonly framesDropped: number;
  /** Decoded so far. */
  readonly keyFrames: number;
  /** px; 0 before the first frame. */
  readonly width: number;
  /** px; 0 before the first frame. */
  readonly height: number;
  /** "H264", "VP8"; empty before the first frame. */
  readonly codec: string;
  /** Empty if unknown. */
  readonly path: "direct" | "relayed" | "";
}

/** A connection to one robot, from its first description to its end. For single use. */
export class RTCConnection {
  constructor(defaultOrdered?: boolean, rtcConfiguration?: RTCConfiguration, options?: ConnectionOptions);
  readonly state: ConnectionState;
  readonly error: RTCBotError | null;
  readonly ready: boolean;
  readonly closed: boolean;
  readonly video: ConnectionMedia;
  readonly audio: ConnectionMedia;
  /** The offer, or the answer to `description`, with candidates. */
  getLocalDescription(
    description?: RTCSessionDescriptionInit | null,
    /** When `until` resolves, the wait for candidates ends; later ones go to `onCandidate`. */
    options?: { until?: Promise<void> | null },
  ): Promise<RTCSessionDescriptionInit>;
  /** The same description with enough candidates, if none can follow. */
  getLocalDescriptionAgain(): Promise<RTCSessionDescriptionInit>;
  /** Calls `consumer` with each candidate found after the description was returned, and with null after the last. */
  onCandidate<C extends Consumer<RTCIceCandidateInit | null>>(consumer: C): C;
  /** Adds a candidate of the other side that came after its description. */
  addCandidate(candidate: RTCIceCandidateInit): void;
  /** Takes the answer, or a refusal {error, message}; with a refusal it rejects with that reason. */
  setRemoteDescription(description: RTCSessionDescriptionInit | { error: string; message?: string }): Promise<void>;
  /** Messages from the robot, as unparsed text. */
  subscribe(consumer: Consumer<string>): void;
  /** Sends a string unchanged, anything else as JSON. Bound. Throws an RTCBotError: "queue_full", "closed". */
  put_nowait(message: unknown): void;
  onReady: Occasion<RTCConnection>;
  onError: Occasion<RTCBotError>;
  onClose: Occasion<RTCConnection>;
  onStateChange<C extends Consumer<ConnectionState>>(consumer: C): C;
  /** New every second while connected; null before. */
  readonly stats: ConnectionStats | null;
  /** Calls `consumer` every second from now on. */
  onStats<C extends Consumer<ConnectionStats>>(consumer: C): C;
  /**
   * Present age of the picture on screen since its capture, ms; if that is unknown, since it was shown, plus the minimum delay;
   * null before the first.
   */
  readonly pictureAge: number | null;
  getStats(): Promise<RTCStatsReport>;
  /** Null unless requested. */
  readonly driving: Driving | null;
  close(): void;
}

export class Websocket {
  constructor(url: string, options?: { json?: boolean; outbox?: ConnectionOptions["outbox"]; environment?: Partial<Environment> });
  readonly ready: boolean;
  readonly closed: boolean;
  readonly error: RTCBotError | null;
  subscribe(consumer: Consumer<any>): void;
  put_nowait(message: unknown): void;
  onReady: Occasion<Websocket>;
  onError: Occasion<RTCBotError>;
  onClose: Occasion<Websocket>;
  /** Sends the messages put before, then closes. */
  close(): void;
}

export interface KeyEvent {
  type: string;
  altKey: boolean;
  shiftKey: boolean;
  keyCode: number;
  key: string;
  timestamp: number;
}

export class Keyboard {
  constructor(target?: Pick<EventTarget, "addEventListener" | "removeEventListener">);
  subscribe(consumer: Consumer<KeyEvent>): void;
  close(): void;
}

/** "btnN" with true or false, "axisN" with -1 to 1. */
export interface GamepadEvent {
  type: string;
  value: boolean | number;
}

export class Gamepad {
  constructor();
  readonly state: { readonly buttons: readonly { pressed: boolean }[]; readonly axes: readonly number[] } | null;
  subscribe(consumer: Consumer<GamepadEvent>): void;
  close(): void;
}

/** Hz, above 0 and at most 1000; 10 unless set. */
export function setGamepadRate(rate: number): void;

/** Bounded: a full queue drops the oldest value and counts it in `dropped`. */
export class Queue<T = unknown> {
  constructor(limit?: number);
  readonly limit: number;
  readonly size: number;
  readonly dropped: number;
  put_nowait(value: T): void;
  get(): Promise<T>;
  close(): void;
}

export interface ReconnectPolicy {
  /** ms until the next attempt; null to give up. `attempt` counts failures in a row, from 1; `absent` those while the server reported on its
   * websocket that the robot is offline. */
  nextDelay(failure: { attempt: number; reason: Reason; retryAfter?: number; absent?: number }): number | null;
}

/** Tries without limit, with waits that grow up to a maximum. All times in ms. */
export function backoffPolicy(options?: {
  first?: number; base?: number; longest?: number; stubborn?: number; absentBase?: number; absentLongest?: number;
  random?: () => number;
}): ReconnectPolicy;

export type LinkStateName = "connecting" | "live" | "interrupted" | "waiting" | "closed";

export interface LinkOptions {
  /** Where offers are posted: "connect" at the server that served this script, or a robot's own path. */
  url?: string;
  /** A credential of the server, for pages without its cookie, such as those of another origin. */
  token?: string;
  /**
   * Whether to use a websocket at `url` beside POST, for presence and candidates; by default if the server that served this
   * script has announced one.
   */
  socket?: boolean;
  /** ms. */
  socketLimits?: {
    openWithin?: number; acceptWithin?: number; answerWithin?: number; first?: number; longest?: number; stableAfter?: number;
  };
  video?: HTMLMediaElement | Consumer<MediaStream>;
  audio?: HTMLMediaElement | Consumer<MediaStream>;
  /** The page's own video receiver, over the video's element; without it the element alone shows the video. */
  receiver?: VideoReceiver;
  /** Called at every change. */
  onState?: Consumer<Link>;
  /** Called when the connection in use has ended and is about to be closed: its last picture is still available. */
  onEnding?: () => void;
  onMessage?: Consumer<string>;
  /** The statistics of the connection in use, every second. */
  onStats?: Consumer<ConnectionStats>;
  /** Whether to drive the robot: `link.driving`. */
  driving?: boolean | DrivingOptions;
  /** Whether sound in both directions can be turned on later: `connection.audio.send`, `driving.listen`. None is on at first. */
  sound?: boolean;
  rtcConfiguration?: RTCConfiguration;
  reconnect?: ReconnectPolicy;
  ordered?: boolean;
  /** Limit for the server's answer, ms; 12,000. */
  answerTimeout?: number;
  limits?: { freshAfter?: number; freshWhenAbsent?: number; stableAfter?: number };
  connection?: Omit<ConnectionOptions, "environment" | "driving" | "token">;
  environment?: Partial<Environment>;
}

/** The server's report about a robot. */
export interface RobotPresence {
  /** Empty for the default robot. */
  name: string;
  online: boolean;
  /** How long it has been online, or offline. */
  for_ms: number;
  viewers?: number;
  camera?: string;
  protocol: "rtcbot.v1" | "bare";
  trickle?: boolean;
  snapshot?: number;
  /** The server does not know it. */
  forgotten?: boolean;
}

/** A link to a robot that reconnects automatically. */
/** The global `rtcbotReceiver` that rtcbot-receiver.js defines in a page. */
export interface ReceiverLibrary {
  VideoReceiver: new (canvas: HTMLCanvasElement, options?: ReceiverOptions) => VideoReceiver;
}

export interface ReceiverOptions {
  /** Address of rtcbot-receiver.js, of the page's own origin; at the server that served the library, otherwise beside the page. */
  worker?: string;
  /** The other of the two pictures has become visible. */
  onChange?: () => void;
  /** The visible canvas has a new picture. Times in ms by `performance.now()`. */
  onFrame?: (frame: { rtp: number; arrivedAt: number; decodedAt: number; drawnAt: number }) => void;
}

/** The page's own video receiver. `isVisible`: its canvas is visible, not the video's element; `failure`: why it is not used, or empty. */
export interface VideoReceiver { readonly isVisible: boolean; readonly failure: string }

/** The page's own video receiver on one connection; totals since its start. `late`: not drawn, as a newer picture could be had;
 * `undecodable`: without the frames that they refer to; `stages`: medians of the last 5 s, ms. */
export interface ReceiverStats extends VideoReceiver {
  readonly decoded: number; readonly drawn: number; readonly late: number; readonly undecodable: number;
  readonly stages: { readonly arrival: number | null; readonly decode: number; readonly draw: number } | null;
}

export class Link {
  constructor(options: LinkOptions);
  readonly state: LinkStateName;
  readonly error: RTCBotError | null;
  /** ms until the next attempt; null when none is planned. */
  readonly retryIn: number | null;
  readonly isDialling: boolean;
  /** The server's last report about the robot, `age` ms ago; null if it reports nothing. */
  readonly presence: (RobotPresence & { age: number }) | null;
  /** The latest statistics of the connection in use, or of the last one; null before the first. */
  readonly stats: ConnectionStats | null;
  /** Present age of the picture on screen since its capture, ms, on any connection; null before the first. */
  readonly pictureAge: number | null;
  /** Bytes so far over all its connections, without the headers of UDP and IP. */
  readonly traffic: { readonly received: number; readonly sent: number };
  /** The connection in use, for its statistics; null before the first. */
  readonly connection: RTCConnection | null;
  /** The page's own video receiver; null unless requested. */
  readonly receiver: VideoReceiver | null;
  /** Over the connection in use; null unless requested. */
  readonly driving: Driving | null;
  /** Returns true if it was sent; stores nothing for later. */
  send(message: unknown): boolean;
  retry(): void;
  close(): void;
}

/** Connects to a robot and stays connected. */
export function connect(options?: LinkOptions): Link;

/** The state of the controls, as sent: axes from -1 to 1 (right, forward, then the robot's own), buttons as bits. */
export interface Command {
  axes?: readonly number[];
  buttons?: number;
  mode?: string;
}

export interface DrivingOptions {
  /** This viewer's name for others, up to 40 characters. */
  name?: string;
  /** Read 50 times a second while this viewer drives; neutral without it. */
  controls?: { read(): Command };
}

/** The robot's reports about itself; docs/control.md explains each field. All times in ms. */
export interface RobotFacts {
  readonly welcome: {
    viewer: number; may_drive: boolean; modes: string[]; audio?: { listen: boolean; talk: boolean };
    limits: { dead_man_ms: number; stale_command_ms: number; stale_picture_ms: number };
  } | null;
  readonly state: {
    driver: number | null; asking: number | null; people: { viewer: number; name: string; may_drive: boolean }[];
    stop: { by: number | null } | null; limit: number; cameras: { name: string; state: string }[]; camera: string;
  } | null;
  readonly status: DriveStatus | null;
  /** When the newest status arrived, by `performance.now()`. */
  readonly statusAt: number | null;
  readonly driver: number | null;
  /** The emergency stop; `by` undefined: not known yet. */
  readonly stop: { by: number | null | undefined } | null;
  /** Of commands. */
  readonly roundTrip: number | null;
}

export interface DriveStatus {
  readonly r: number;
  readonly n: number;
  readonly age: number | null;
  readonly moving: boolean;
  readonly why: string;
  readonly speed: number;
  readonly axes: readonly number[];
  readonly buttons: number;
  readonly mode: string;
  readonly stop: boolean;
  readonly driver: number | null;
  readonly late: number;
  readonly stale: number;
}

export interface DriveAck {
  readonly ok: boolean;
  /** True if the driver must first grant a `take`. */
  readonly asked: boolean;
}

/**
 * Drives a robot. The driver stops driving when the connection ends. Requests reject with an RTCBotError: "refused" with the
 * robot's own code as `code`, "timeout", "closed", "bad_use" if the robot cannot be driven.
 */
export interface Driving {
  controls: { read(): Command } | null;
  /** True if the robot has announced that it can be driven. */
  readonly isAvailable: boolean;
  readonly facts: RobotFacts;
  /** This viewer's number. */
  readonly viewer: number | null;
  readonly mayDrive: boolean;
  readonly isDriver: boolean;
  /** True while a stop requested here is not confirmed. */
  readonly isStopping: boolean;
  /** Control delay, ms; null unless this viewer drives. */
  readonly latency: number | null;
  /** ms since the newest status. */
  readonly statusAge: number | null;
  readonly telemetry: any;
  readonly counters: { commands: number; skipped: number; stops: number; unreadable: number };
  take(): Promise<DriveAck>;
  give(): Promise<DriveAck>;
  grant(): Promise<DriveAck>;
  refuse(): Promise<DriveAck>;
  /** Emergency stop, for everybody: repeated until the robot confirms it; then resolves. */
  stop(): Promise<void>;
  release(): Promise<DriveAck>;
  /** Changes this viewer's name for others, up to 40 characters. */
  rename(name: string): void;
  /** 0 to 1. */
  setLimit(share: number): Promise<DriveAck>;
  showCamera(name: string): Promise<DriveAck>;
  /** Whether the robot can be heard, and whether this viewer may talk through it. */
  readonly audioWays: { readonly listen: boolean; readonly talk: boolean };
  /** Turns the robot's sound on or off. */
  listen(on: boolean): Promise<DriveAck>;
  /** Turns the playing of this page's sound on or off. */
  talk(on: boolean): Promise<DriveAck>;
  /** Sends the controls immediately. */
  flush(): void;
  onChange<C extends Consumer<Driving>>(consumer: C): C;
  onStatus<C extends Consumer<DriveStatus>>(consumer: C): C;
  onTelemetry<C extends Consumer<any>>(consumer: C): C;
}

/**
 * Keyboard (WASD, arrows), gamepad and touch combined. When the driver loses the page or the input, the controls become neutral
 * until all have been released.
 */
export class Controls {
  constructor(options?: {
    /** Becomes a stick; the element's `--x` and `--y`, -1 to 1, set the knob's position. */
    touch?: HTMLElement | null;
    /** The space bar, or the gamepad's "back" button. */
    onStop?: () => void;
    /** The controls were released: call `driving.flush()`. */
    onNeutral?: () => void;
    /** While it returns true the controls are neutral; afterwards they must be released first. */
    isBlocked?: () => boolean;
  });
  mode: string;
  readonly source: "" | "keyboard" | "gamepad" | "touch";
  /** True if the controls must be released first. */
  readonly isLocked: boolean;
  /** The inputs that were not neutral at the last reading. */
  readonly held: readonly string[];
  /** True if the gamepad is ignored, because it has never been neutral. */
  readonly isGamepadIgnored: boolean;
  /** Its name; null without one. */
  readonly gamepad: string | null;
  read(): Required<Command>;
  letGo(): void;
  close(): void;
}
