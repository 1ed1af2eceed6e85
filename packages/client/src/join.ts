import type { Call } from "./call/call.ts";
import { CallSession } from "./call/call-session.ts";
import { TincanError } from "./error.ts";
import { randomInstance } from "./instance.ts";
import type { CodecPreferences } from "./peer/codec-preferences.ts";
import { passwordVerifier } from "./signaling/password-verifier.ts";
import { ResumeStorage, type TokenStorage } from "./signaling/resume-storage.ts";
import { SignalingConnection } from "./signaling/signaling-connection.ts";
import { socketIo } from "./signaling/socket-io.ts";
import { prepareWebRtc } from "./webrtc-adapter.ts";

/** Where to join, as whom, and how. */
export interface JoinOptions {
  /** The room's name: 1 to 64 letters, digits, `-` and `_`, of any script. */
  readonly room: string;
  /** Where the signaling server is; the page's own origin unless told. Only its origin counts. */
  readonly server?: string | URL;
  /** What the others see, up to 64 characters. */
  readonly name?: string;
  /**
   * The room's password, where it has one. It does not leave the page; the server gets what is derived
   * from it. Where nobody is in the room yet, it becomes its password.
   */
  readonly password?: string | undefined;
  /** Where the room is locked: waits until its host lets us in, instead of failing with `locked`. */
  readonly knock?: boolean | undefined;
  /** With `knock`: the host is asked now. */
  readonly onWaiting?: (() => void) | undefined;
  /** Gives up joining. A call that is joined ends with `leave`. */
  readonly signal?: AbortSignal;
  /** Keeps the seat over a reload of the page; give `sessionStorage`. */
  readonly storage?: TokenStorage;
  /** Laid over what the server says: `iceServers`, `iceTransportPolicy` and so on. */
  readonly rtc?: RTCConfiguration;
  /** Makes the connections to the peers; `RTCPeerConnection` of the browser unless told. For programs without one. */
  readonly createConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Of programs outside of browsers: whether any certificate of the server will do. Browsers decide that themselves. */
  readonly trustAnyCertificate?: boolean;
  readonly codecs?: CodecPreferences;
  /** Whether the server is told, for its figures, how connecting went; names and addresses are not in it. */
  readonly reports?: boolean;
}

/**
 * Takes a seat in a room; the first to come opens it. Throws a `TincanError` with the code `full`,
 * `unreachable`, `aborted`, `unsupported`, `protocol`, or one of the server's refusals, such as
 * `bad-room-name`, `locked`, `not-admitted`, `password-needed`, `wrong-password` and `removed`.
 */
export async function join(options: JoinOptions): Promise<Call> {
  const { room, name, signal, rtc = {}, codecs = {}, reports = true } = options;
  const server = serverOf(options.server);
  throwIfAborted(signal);
  if (options.createConnection === undefined) await prepareWebRtc();
  const password =
    options.password === undefined ? undefined : await passwordVerifier(room, options.password);
  throwIfAborted(signal);

  const signaling = new SignalingConnection({
    socket: socketIo(server, { trustAnyCertificate: options.trustAnyCertificate === true }),
    storage: new ResumeStorage(options.storage, server, room),
    room,
    name,
    instance: randomInstance(),
    password,
    onWaiting: options.knock === true ? () => options.onWaiting?.() : undefined,
  });
  const abort = () => signaling.abort(aborted(signal));
  signal?.addEventListener("abort", abort);
  try {
    const seated = await signaling.open();
    const call = new CallSession({
      ...{ signaling, seated, password, rtc, codecs, reports },
      createConnection: options.createConnection ?? ((given) => new RTCPeerConnection(given)),
    });
    // In a task of its own: whoever awaits the call has its listeners on by then.
    setTimeout(() => signaling.start());
    return call;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Relative to the page, where there is one. */
function serverOf(server: string | URL | undefined): URL {
  const page = globalThis.location?.href;
  const url = server ?? page;
  if (url === undefined) {
    throw new TincanError("malformed", "Outside of a page the server has to be named.");
  }
  return new URL(url, page);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

function aborted(signal: AbortSignal | undefined): TincanError {
  return new TincanError("aborted", "Joining was given up.", { cause: signal?.reason });
}
