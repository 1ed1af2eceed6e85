/** A device that a call takes from. */
export type DeviceKind = "audio" | "video";

/** Why a device could not be had; each has its own sentence in the catalogues. */
export type DeviceFault =
  | "denied"
  | "dismissed"
  | "blocked-by-system"
  | "not-found"
  | "in-use"
  | "overconstrained"
  | "aborted"
  | "security"
  | "insecure"
  | "unsupported"
  | "stopped"
  | "unknown";

/** What `permissions.query` said, or `unknown` where the browser does not answer for this device. */
export type PermissionAnswer = PermissionState | "unknown";

/**
 * Names what went wrong in getUserMedia (Media Capture and Streams §10.3). NotAllowedError has
 * three causes that need three cures: a permission that is `granted` and still refused was refused
 * by the operating system, one that is `denied` by an earlier choice, one still on `prompt` now.
 */
export function deviceFault(error: unknown, permission: PermissionAnswer = "unknown"): DeviceFault {
  const { name, message } = named(error);
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return refusal(message, permission);
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "not-found";
    case "NotReadableError":
    case "TrackStartError":
      return "in-use";
    case "OverconstrainedError":
      return "overconstrained";
    case "AbortError":
      return "aborted";
    case "SecurityError":
      return "security";
    case "TypeError":
      return "unsupported";
    default:
      return "unknown";
  }
}

function refusal(message: string, permission: PermissionAnswer): DeviceFault {
  if (/by system/i.test(message)) return "blocked-by-system";
  if (/dismissed/i.test(message)) return "dismissed";
  if (permission === "granted") return "blocked-by-system";
  if (permission === "prompt") return "dismissed";
  return "denied";
}

function named(error: unknown): { name: string; message: string } {
  if (typeof error !== "object" || error === null) return { name: "", message: "" };
  const { name, message } = error as { name?: unknown; message?: unknown };
  return { name: String(name ?? ""), message: String(message ?? "") };
}
