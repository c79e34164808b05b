// Declarations of rtcbot.js and rtcbot.mjs. As a script the same names are members of the global `rtcbot`.

export as namespace rtcbot;

/** Why something failed, for programs; the error's message is the sentence for people. */
export type Reason =
  | "no_robot" | "robot_offline" | "robot_left" | "robot_timeout" | "bad_offer" | "too_large" | "unauthorized" | "forbidden"
  | "name_taken" | "busy" | "stopping" | "unavailable" | "refused" | "bad_answer" | "gathering_failed" | "connect_failed" | "peer_lost"
  | "closed" | "timeout" | "http" | "network" | "queue_full" | "bad_use";

export class RTCBotError extends Error {
  constructor(reason: Reason, message: string, details?: { cause?: unknown; retryAfter?: number; status?: number; code?: string });
  readonly reason: Reason;
  /** The server's own code; the same as `reason` unless that is "refused". */
  readonly code: string;
  /** ms that the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** Status of the HTTP answer. */
  readonly status: number | undefined;
  readonly cause: unknown;
}

/** Where values go: a function, or anything with `put_nowait`. */
export type Consumer<T> = ((value: T) => void) | { put_nowait(value: T): void };

/** Something that happens once: give a consumer, or nothing for a promise. Told at once if it has happened already. */
export interface Occasion<T> {
  (): Promise<T>;
  <C extends Consumer<T>>(consumer: C): C;
}

/** What the library takes from the browser; tests may give something else. */
export interface Environment {
  RTCPeerConnection: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  WebSocket: new (url: string | URL, protocols?: string | string[]) => WebSocket;
  fetch: (input: string, init?: RequestInit) => Promise<Response>;
  setTimeout: (task: () => void, ms: number) => any;
  clearTimeout: (handle: any) => void;
  /** ms of a clock that never goes back. */
  now: () => number;
  random: () => number;
  window: Pick<EventTarget, "addEventListener" | "removeEventListener"> | null;
  document: Pick<Document, "querySelectorAll"> | null;
}

/** What connections use unless told otherwise: no servers, or what a global `rtcbotDefaults` said when the script was loaded. */
export const defaultConfiguration: RTCConfiguration;

export type ConnectionState = "new" | "connecting" | "connected" | "interrupted" | "failed" | "closed";

/** All times in ms. */
export interface ConnectionOptions {
  connectTimeout?: number;
  gathering?: { withServers?: number; withoutServers?: number; grace?: number };
  liveness?: { steadySilence?: number; idleSilence?: number; lost?: number; steadyFor?: number };
  outbox?: { messages?: number; bytes?: number };
  /** Whether the robot is to be driven: `connection.driving`. */
  driving?: boolean | DrivingOptions;
  /** A credential for `rtcConfiguration.iceServersUrl`. */
  token?: string;
  environment?: Partial<Environment>;
}

export interface ConnectionMedia {
  readonly kind: "video" | "audio";
  readonly incomingStream: MediaStream | null;
  readonly outgoingStream: MediaStreamTrack | null;
  /** The formats that the robot could send, as in "H264", where this browser plays none of them; otherwise null. */
  readonly unplayable: readonly string[] | null;
  /** Asks for this kind; call before `getLocalDescription`. */
  subscribe(consumer: Consumer<MediaStream>): void;
  /** Sends a track; call before `getLocalDescription`. */
  putSubscription(track: MediaStreamTrack): void;
  offerToReceive(): void;
  /** This kind may go both ways later; nothing does yet. Call before `getLocalDescription`. */
  offerBothWays(): void;
  /** Sends this from now on; null: nothing. After `offerBothWays`. */
  send(track: MediaStreamTrack | null): Promise<void>;
}

/**
 * Figures of one connection at one moment. "So far" counts from the connection's begin; rates and means are over the last second, `latency` and
 * `framesPerSecond` over the last five. What concerns the screen needs an element of the page that shows the video.
 */
export interface ConnectionStats {
  /** ms, by `performance.now()`. */
  readonly time: number;
  /**
   * Glass to glass: ms from a picture's capture until it is on screen. Null where the browser does not tell the time of capture (all but
   * Chromium's) or the robot not its own time (all but ours).
   */
  readonly latency: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /**
   * ms since the picture on screen was taken; where that is not known, since it was shown and half the round trip and the buffer's delay; null
   * before the first.
   */
  readonly pictureAge: number | null;
  /** On screen. */
  readonly framesPerSecond: number;
  /** On screen so far. */
  readonly frames: number;
  /** So far, the present one among them: no new frame for over 200 ms while the page could be seen. */
  readonly freezes: number;
  /** ms of freezes so far. */
  readonly frozen: number;
  /** The robot's Unix time less `performance.now()`, and how wrong that may be, ms. */
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
  /** So far; not those that were repeated in time. */
  readonly packetsLost: number;
  /** Share of packets lost, 0 to 1. */
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
  /** Empty while not known. */
  readonly path: "direct" | "relayed" | "";
}

/** A connection to one robot, from its first description to its end. Single use. */
export class RTCConnection {
  constructor(defaultOrdered?: boolean, rtcConfiguration?: RTCConfiguration, options?: ConnectionOptions);
  readonly state: ConnectionState;
  readonly error: RTCBotError | null;
  readonly ready: boolean;
  readonly closed: boolean;
  readonly video: ConnectionMedia;
  readonly audio: ConnectionMedia;
  /** The offer, or the answer to `description`, with candidates inside. */
  getLocalDescription(
    description?: RTCSessionDescriptionInit | null,
    /** As soon as `until` resolves it waits for no further candidates; they are told to `onCandidate`. */
    options?: { until?: Promise<void> | null },
  ): Promise<RTCSessionDescriptionInit>;
  /** The same description, when it has candidates enough to go without more. */
  getLocalDescriptionAgain(): Promise<RTCSessionDescriptionInit>;
  /** Told each candidate found after the description was given, and null after the last. */
  onCandidate<C extends Consumer<RTCIceCandidateInit | null>>(consumer: C): C;
  /** Takes a candidate of the other side that came after its description. */
  addCandidate(candidate: RTCIceCandidateInit): void;
  /** Takes the answer, or a refusal {error, message}, for which it rejects with that reason. */
  setRemoteDescription(description: RTCSessionDescriptionInit | { error: string; message?: string }): Promise<void>;
  /** Messages from the robot as the text that was sent. */
  subscribe(consumer: Consumer<string>): void;
  /** Sends a string as it is, anything else as JSON. Bound. Throws an RTCBotError: "queue_full", "closed". */
  put_nowait(message: unknown): void;
  onReady: Occasion<RTCConnection>;
  onError: Occasion<RTCBotError>;
  onClose: Occasion<RTCConnection>;
  onStateChange<C extends Consumer<ConnectionState>>(consumer: C): C;
  /** New every second while connected; null before. */
  readonly stats: ConnectionStats | null;
  /** Told every second from now on. */
  onStats<C extends Consumer<ConnectionStats>>(consumer: C): C;
  /** ms since the picture on screen was taken, now; since it was shown and what it took at least, where that is not known; null before the first. */
  readonly pictureAge: number | null;
  getStats(): Promise<RTCStatsReport>;
  /** Null unless asked for. */
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
  /** What was put before is sent first. */
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

/** Bounded: when full, the oldest value makes room and is counted in `dropped`. */
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
  /** ms until the next try; null to give up. `attempt` counts failures in a row, from 1; `absent` those while the server said on its websocket
   * that the robot is not there. */
  nextDelay(failure: { attempt: number; reason: Reason; retryAfter?: number; absent?: number }): number | null;
}

/** Tries for ever, ever more slowly up to a bound. All times in ms. */
export function backoffPolicy(options?: {
  first?: number; base?: number; longest?: number; stubborn?: number; absentBase?: number; absentLongest?: number;
  random?: () => number;
}): ReconnectPolicy;

export type LinkStateName = "connecting" | "live" | "interrupted" | "waiting" | "closed";

export interface LinkOptions {
  /** Where offers are posted: "connect" of the server that gave this script, or a robot's own path. */
  url?: string;
  /** A credential of the server, for pages that have no cookie of it, as those of another origin. */
  token?: string;
  /**
   * Whether to use a websocket at `url` beside POST, for who is there and for candidates; by itself where the server that gave this
   * script says that it has one.
   */
  socket?: boolean;
  /** ms. */
  socketLimits?: {
    openWithin?: number; acceptWithin?: number; answerWithin?: number; first?: number; longest?: number; stableAfter?: number;
  };
  video?: HTMLMediaElement | Consumer<MediaStream>;
  audio?: HTMLMediaElement | Consumer<MediaStream>;
  /** Told at every change. */
  onState?: Consumer<Link>;
  /** Told when the connection in use has ended and is about to be closed: its last picture can still be taken. */
  onEnding?: () => void;
  onMessage?: Consumer<string>;
  /** The figures of the connection in use, every second. */
  onStats?: Consumer<ConnectionStats>;
  /** Whether the robot is to be driven: `link.driving`. */
  driving?: boolean | DrivingOptions;
  /** Whether sound may go both ways later: `connection.audio.send`, `driving.listen`. None does by itself. */
  sound?: boolean;
  rtcConfiguration?: RTCConfiguration;
  reconnect?: ReconnectPolicy;
  ordered?: boolean;
  /** ms that the server may take to answer; 12,000. */
  answerTimeout?: number;
  limits?: { freshAfter?: number; freshWhenAbsent?: number; stableAfter?: number };
  connection?: Omit<ConnectionOptions, "environment" | "driving" | "token">;
  environment?: Partial<Environment>;
}

/** What the server says of a robot. */
export interface RobotPresence {
  /** Empty for the robot without one. */
  name: string;
  online: boolean;
  /** For how long it has been online, or offline. */
  for_ms: number;
  viewers?: number;
  camera?: string;
  protocol: "rtcbot.v1" | "bare";
  trickle?: boolean;
  snapshot?: number;
  /** The server does not know it. */
  forgotten?: boolean;
}

/** A link to a robot that comes back by itself. */
export class Link {
  constructor(options: LinkOptions);
  readonly state: LinkStateName;
  readonly error: RTCBotError | null;
  /** ms until the next try; null when none is planned. */
  readonly retryIn: number | null;
  readonly isDialling: boolean;
  /** What the server last said of the robot, `age` ms ago; null where it says nothing. */
  readonly presence: (RobotPresence & { age: number }) | null;
  /** The latest figures of the connection in use, or of the last one; null before the first. */
  readonly stats: ConnectionStats | null;
  /** ms since the picture on screen was taken, now, whichever connection brought it; null before the first. */
  readonly pictureAge: number | null;
  /** Bytes so far, over all its connections, without the headers of UDP and IP. */
  readonly traffic: { readonly received: number; readonly sent: number };
  /** The connection in use, for its statistics; null before the first. */
  readonly connection: RTCConnection | null;
  /** Over whichever connection is in use; null unless asked for. */
  readonly driving: Driving | null;
  /** Whether it was sent: nothing is kept for later. */
  send(message: unknown): boolean;
  retry(): void;
  close(): void;
}

/** Connects to a robot and stays connected. */
export function connect(options?: LinkOptions): Link;

/** The state of the controls, as it is sent: axes from -1 to 1 (to the right, forward, the robot's own), buttons as bits. */
export interface Command {
  axes?: readonly number[];
  buttons?: number;
  mode?: string;
}

export interface DrivingOptions {
  /** What the others see of this viewer, up to 40 characters. */
  name?: string;
  /** Asked 50 times a second while this viewer drives; neutral without it. */
  controls?: { read(): Command };
}

/** What the robot says of itself; docs/control.md has the meaning of each field. All times in ms. */
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
  /** When the newest status came, by `performance.now()`. */
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
  /** A `take` that has to be granted by the driver. */
  readonly asked: boolean;
}

/**
 * Driving a robot. Who drives stops driving when the connection ends. Requests reject with an RTCBotError: "refused" with the robot's own word
 * as `code`, "timeout", "closed", "bad_use" where the robot cannot be driven.
 */
export interface Driving {
  controls: { read(): Command } | null;
  /** Whether the robot has said that it can be driven. */
  readonly isAvailable: boolean;
  readonly facts: RobotFacts;
  /** This viewer's number. */
  readonly viewer: number | null;
  readonly mayDrive: boolean;
  readonly isDriver: boolean;
  /** Whether a stop asked for here is not yet confirmed. */
  readonly isStopping: boolean;
  /** Stick to wheel, ms; null unless this viewer drives. */
  readonly latency: number | null;
  /** ms since the newest status. */
  readonly statusAge: number | null;
  readonly telemetry: any;
  readonly counters: { commands: number; skipped: number; stops: number; unreadable: number };
  take(): Promise<DriveAck>;
  give(): Promise<DriveAck>;
  grant(): Promise<DriveAck>;
  refuse(): Promise<DriveAck>;
  /** Emergency stop, by anybody: repeated until the robot has it, and resolved then. */
  stop(): Promise<void>;
  release(): Promise<DriveAck>;
  /** What the others see of this viewer from now on, up to 40 characters. */
  rename(name: string): void;
  /** 0 to 1. */
  setLimit(share: number): Promise<DriveAck>;
  showCamera(name: string): Promise<DriveAck>;
  /** Whether the robot can be heard, and whether this viewer may talk through it. */
  readonly audioWays: { readonly listen: boolean; readonly talk: boolean };
  /** Lets the robot send its sound, or not. */
  listen(on: boolean): Promise<DriveAck>;
  /** Lets the robot play what this page sends, or not. */
  talk(on: boolean): Promise<DriveAck>;
  /** Sends the controls at once. */
  flush(): void;
  onChange<C extends Consumer<Driving>>(consumer: C): C;
  onStatus<C extends Consumer<DriveStatus>>(consumer: C): C;
  onTelemetry<C extends Consumer<any>>(consumer: C): C;
}

/** Keyboard (WASD, arrows), gamepad and touch as one. Whatever takes the page or the input away makes it neutral until all have been at rest. */
export class Controls {
  constructor(options?: {
    /** Becomes a stick; its knob goes where the element's `--x` and `--y` say, -1 to 1. */
    touch?: HTMLElement | null;
    /** The space bar, or the gamepad's "back" button. */
    onStop?: () => void;
    /** They were let go of: time for `driving.flush()`. */
    onNeutral?: () => void;
    /** While it returns true the controls are neutral; afterwards they must have been at rest. */
    isBlocked?: () => boolean;
  });
  mode: string;
  readonly source: "" | "keyboard" | "gamepad" | "touch";
  /** Whether they have to be let go of first. */
  readonly isLocked: boolean;
  /** The inputs that are not at rest, as of the last reading. */
  readonly held: readonly string[];
  /** Whether the gamepad is not listened to, as it has never been seen at rest. */
  readonly isGamepadIgnored: boolean;
  /** Its name; null without one. */
  readonly gamepad: string | null;
  read(): Required<Command>;
  letGo(): void;
  close(): void;
}
