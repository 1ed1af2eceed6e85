/** What all protocols stand on: bytes, addresses, serial numbers, timers, the Machine contract, faults. */
export { type Aead, type AeadAlgorithm, aeadTagLength } from "./aead.ts";
export * from "./bytes.ts";
export type { Crypto, HashAlgorithm } from "./crypto.ts";
export * from "./decoded.ts";
export {
  type Fingerprint,
  type FingerprintAlgorithm,
  type FingerprintFault,
  fingerprintOf,
  formatFingerprint,
  matchesFingerprint,
  parseFingerprint,
} from "./fingerprint.ts";
export * from "./ip.ts";
export { type IpRange, isInRange, parseIpRange } from "./ip-range.ts";
export { earliest, type Instant, type Machine, type Output } from "./machine.ts";
export { Outputs } from "./outputs.ts";
export { isLoopbackIp, isPrivateIp } from "./private-ip.ts";
export * from "./serial.ts";
export { Timers } from "./timers.ts";
