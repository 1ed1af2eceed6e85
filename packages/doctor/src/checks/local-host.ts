import { isLoopbackIp } from "@tincan/webrtc/wire";

/** Whether a host stands for this machine alone; browsers trust it without a certificate. */
export function isLocalHost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || isLoopbackIp(host);
}
