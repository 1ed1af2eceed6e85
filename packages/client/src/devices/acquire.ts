import {
  type DeviceFault,
  type DeviceKind,
  deviceFault,
  type PermissionAnswer,
} from "./device-fault.ts";

/** What of the browser is needed to get at devices; `getUserMedia` is missing on insecure addresses. */
export interface DevicePort {
  readonly secure: boolean;
  readonly getUserMedia:
    | ((constraints: MediaStreamConstraints) => Promise<Pick<MediaStream, "getTracks">>)
    | undefined;
  permission(kind: DeviceKind): Promise<PermissionAnswer>;
}

/** Per kind: the track, or why there is none. A kind that was not asked for is in neither. */
export interface Acquired {
  readonly tracks: Partial<Record<DeviceKind, MediaStreamTrack>>;
  readonly faults: Partial<Record<DeviceKind, DeviceFault>>;
}

/** The devices to ask for, each with what is asked of it. */
export type Wanted = Partial<Record<DeviceKind, MediaTrackConstraints>>;

/**
 * Asks for camera and microphone together, so that there is one question; where that fails, for each
 * alone, so that a broken camera does not cost the microphone, nor the other way round.
 */
export async function acquire(wanted: Wanted, port: DevicePort): Promise<Acquired> {
  const kinds = (["audio", "video"] as const).filter((kind) => wanted[kind] !== undefined);
  if (kinds.length === 0) return { tracks: {}, faults: {} };
  if (port.getUserMedia === undefined) {
    const fault = port.secure ? "unsupported" : "insecure";
    return { tracks: {}, faults: Object.fromEntries(kinds.map((kind) => [kind, fault])) };
  }
  try {
    return { tracks: byKind(await port.getUserMedia(wanted)), faults: {} };
  } catch (error) {
    const answers = await Promise.all(kinds.map((kind) => port.permission(kind)));
    const refusals = kinds.map((kind, index) => refusal(kind, error, answers[index] ?? "unknown"));
    const faults = Object.fromEntries(refusals.map(({ kind, fault }) => [kind, fault]));
    const again = refusals.filter((one) => worthTryingAlone(one, refusals, wanted[one.kind]));
    return retryAlone(
      again.map(({ kind }) => kind),
      faults,
      wanted,
      port,
    );
  }
}

interface Refusal {
  readonly kind: DeviceKind;
  readonly permission: PermissionAnswer;
  readonly fault: DeviceFault;
}

function refusal(kind: DeviceKind, error: unknown, permission: PermissionAnswer): Refusal {
  return { kind, permission, fault: deviceFault(error, permission) };
}

/**
 * Somebody who has just closed the question is not asked again: browsers take the third time as a
 * lasting no. But of two devices asked for together one may be blocked and the other not. Of one
 * asked for alone only a choice can be given up.
 */
function worthTryingAlone(
  { fault, permission }: Refusal,
  all: readonly Refusal[],
  constraints: MediaTrackConstraints | undefined,
): boolean {
  if (all.length === 1) {
    return (
      constraints?.deviceId !== undefined && (fault === "overconstrained" || fault === "not-found")
    );
  }
  if (fault === "denied") return permission === "unknown";
  if (fault === "dismissed") return all.some((other) => other.permission === "denied");
  return true;
}

async function retryAlone(
  kinds: readonly DeviceKind[],
  firstFaults: Acquired["faults"],
  wanted: Wanted,
  port: DevicePort,
): Promise<Acquired> {
  const tracks: Partial<Record<DeviceKind, MediaStreamTrack>> = {};
  const faults: Partial<Record<DeviceKind, DeviceFault>> = { ...firstFaults };
  for (const kind of kinds) {
    const constraints = relaxed(wanted[kind], faults[kind]);
    try {
      Object.assign(tracks, byKind(await requested(port, { [kind]: constraints })));
      delete faults[kind];
    } catch (error) {
      faults[kind] = deviceFault(error, await port.permission(kind));
    }
  }
  return { tracks, faults };
}

/** A chosen device that is gone gives way to whichever there is. */
function relaxed(
  constraints: MediaTrackConstraints | undefined,
  fault: DeviceFault | undefined,
): MediaTrackConstraints {
  const { deviceId, ...rest } = constraints ?? {};
  if (fault === "overconstrained" || fault === "not-found" || deviceId === undefined) return rest;
  return { ...rest, deviceId };
}

function requested(
  port: DevicePort,
  constraints: MediaStreamConstraints,
): Promise<Pick<MediaStream, "getTracks">> {
  if (port.getUserMedia === undefined) throw new TypeError("no getUserMedia");
  return port.getUserMedia(constraints);
}

function byKind(stream: Pick<MediaStream, "getTracks">): Acquired["tracks"] {
  return Object.fromEntries(stream.getTracks().map((track) => [track.kind, track]));
}
