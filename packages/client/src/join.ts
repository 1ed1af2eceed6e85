import type { Call } from "./call/call.ts";
import { CallSession } from "./call/call-session.ts";
import { TincanError } from "./error.ts";
import { randomInstance } from "./instance.ts";
import type { CodecPreferences } from "./peer/codec-preferences.ts";
import { ResumeStorage, type TokenStorage } from "./signaling/resume-storage.ts";
import { SignalingConnection } from "./signaling/signaling-connection.ts";
import { socketIo } from "./signaling/socket-io.ts";
import { prepareWebRtc } from "./webrtc-adapter.ts";

export interface JoinOptions {
  /** The room's name: 1 to 64 letters, digits, `-` and `_`, of any script. */
  readonly room: string;
  /** Where the signaling server is; the page's own origin unless told. Only its origin counts. */
  readonly server?: string | URL;
  /** What the others see, up to 64 characters. */
  readonly name?: string;
  /** Gives up joining. A call that is joined ends with `leave`. */
  readonly signal?: AbortSignal;
  /** Keeps the seat over a reload of the page; give `sessionStorage`. */
  readonly storage?: TokenStorage;
  /** Laid over what the server says: `iceServers`, `iceTransportPolicy` and so on. */
  readonly rtc?: RTCConfiguration;
  readonly codecs?: CodecPreferences;
  /** Whether the server is told, for its figures, how connecting went; names and addresses are not in it. */
  readonly reports?: boolean;
}

/**
 * Takes a seat in a room; the first to come opens it. Throws a `TincanError` with the code `full`,
 * `unreachable`, `aborted`, `unsupported`, `protocol`, or one of the server's refusals, such as
 * `bad-room-name`.
 */
export async function join(options: JoinOptions): Promise<Call> {
  const { room, name, signal, rtc = {}, codecs = {}, reports = true } = options;
  const server = new URL(options.server ?? location.origin, location.href);
  throwIfAborted(signal);
  await prepareWebRtc();
  throwIfAborted(signal);

  const signaling = new SignalingConnection({
    socket: socketIo(server),
    storage: new ResumeStorage(options.storage, server, room),
    room,
    name,
    instance: randomInstance(),
  });
  const abort = () => signaling.abort(aborted(signal));
  signal?.addEventListener("abort", abort);
  try {
    const seated = await signaling.open();
    const call = new CallSession({ signaling, seated, rtc, codecs, reports });
    // In a task of its own: whoever awaits the call has its listeners on by then.
    setTimeout(() => signaling.start());
    return call;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

function aborted(signal: AbortSignal | undefined): TincanError {
  return new TincanError("aborted", "Joining was given up.", { cause: signal?.reason });
}
