import type { DevicePort } from "./acquire.ts";
import type { DeviceKind, PermissionAnswer } from "./device-fault.ts";

/** The devices of this browser. */
export const browserDevices: DevicePort = {
  secure: isSecureContext,
  // lib.dom says that mediaDevices is always there; on insecure addresses it is not.
  getUserMedia: (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia.bind(
    navigator.mediaDevices,
  ),
  permission,
};

/** The devices of a kind, with their names where the browser tells them (after a permission). */
export async function listDevices(kind: DeviceKind): Promise<readonly MediaDeviceInfo[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return [];
  try {
    const all = await devices.enumerateDevices();
    return all.filter((device) => device.kind === `${kind}input` && device.deviceId !== "");
  } catch {
    return [];
  }
}

/** Calls back when a device is plugged in or out. */
export function onDeviceChange(listener: () => void, signal: AbortSignal): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  devices?.addEventListener("devicechange", listener, { signal });
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
