import type { Fingerprint, Instant, Machine } from "../wire/index.ts";
import type { DtlsEvent, DtlsFault } from "./dtls-event.ts";

/** Where a connection stands. */
export type DtlsState = "new" | "handshaking" | "unverified" | "connected" | "closed";

/** A connection of one version. */
export interface DtlsEngine extends Machine<Uint8Array, DtlsEvent> {
  readonly state: DtlsState;
  readonly faults: ReadonlyMap<DtlsFault, number>;
  readonly overhead: number;
  start(now: Instant): void;
  setRemoteFingerprints(fingerprints: readonly Fingerprint[], now: Instant): void;
  setMtu(bytes: number): void;
  send(data: Uint8Array): void;
  seal(data: Uint8Array, out: Uint8Array, outAt: number): number;
  close(): void;
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array;
}

/** How long a handshake may take where nobody says. */
export const defaultHandshakeTimeoutMs = 120_000;
