import type { DevicePort } from "./acquire.ts";
import type { DeviceChoice } from "./device-choice.ts";
import type { DeviceKind, PermissionAnswer } from "./device-fault.ts";

/** The devices of this browser. */
export function browserDevices(): DevicePort {
  const devices = mediaDevices();
  return {
    secure: isSecureContext,
    getUserMedia: devices?.getUserMedia.bind(devices),
    permission,
  };
}

/** Where devices come from: the browser, or a test. */
export interface DeviceSource {
  port(): DevicePort;
  list(kind: ChoosableKind): Promise<readonly DeviceChoice[]>;
  /** Calls back when a device is plugged in or out. */
  watch(listener: () => void, signal: AbortSignal): void;
}

/** The browser. */
export const deviceSource: DeviceSource = {
  port: browserDevices,
  list: listDevices,
  watch: onDeviceChange,
};

/** What can be chosen: devices to take from by their kind, or `speaker`. */
export type ChoosableKind = DeviceKind | "speaker";

/** The devices of a kind, with their names where the browser tells them (after a permission). */
export async function listDevices(kind: ChoosableKind): Promise<readonly MediaDeviceInfo[]> {
  const wanted = kind === "speaker" ? "audiooutput" : `${kind}input`;
  try {
    const all = (await mediaDevices()?.enumerateDevices()) ?? [];
    return all.filter((device) => device.kind === wanted && device.deviceId !== "");
  } catch {
    return [];
  }
}

/** Calls back when a device is plugged in or out. */
export function onDeviceChange(listener: () => void, signal: AbortSignal): void {
  mediaDevices()?.addEventListener("devicechange", listener, { signal });
}

/** lib.dom says that `mediaDevices` is always there; on insecure addresses it is not. */
function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices as MediaDevices | undefined;
}

async function permission(kind: DeviceKind): Promise<PermissionAnswer> {
  const name = kind === "audio" ? "microphone" : "camera";
  try {
    // Not every lib.dom knows these two names, nor does every browser.
    const status = await navigator.permissions.query({ name: name as PermissionName });
    return status.state;
  } catch {
    return "unknown";
  }
}
