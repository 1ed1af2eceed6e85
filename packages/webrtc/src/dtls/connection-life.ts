import { type Fingerprint, matchesFingerprint, Outputs } from "../wire/index.ts";
import type { AlertDescription } from "./alert.ts";
import type { DtlsConfig } from "./dtls-config.ts";
import type { DtlsState } from "./dtls-engine.ts";
import { DtlsError } from "./dtls-error.ts";
import type { DtlsCloseReason, DtlsEvent, DtlsFault, DtlsSession } from "./dtls-event.ts";
import { maxPlaintextLength } from "./record.ts";

/** The life of a connection, which is the same in either version: where it stands, whom it believes, and what it tells of it. */
export class ConnectionLife {
  readonly outputs: Outputs<Uint8Array, DtlsEvent> = new Outputs<Uint8Array, DtlsEvent>();
  readonly #config: DtlsConfig;
  readonly #faults = new Map<DtlsFault, number>();
  #state: DtlsState = "new";
  #fingerprints: readonly Fingerprint[] | undefined;
  #isMismatch = false;

  constructor(config: DtlsConfig) {
    this.#config = config;
    this.#fingerprints = config.remoteFingerprints;
  }

  get state(): DtlsState {
    return this.#state;
  }

  get faults(): ReadonlyMap<DtlsFault, number> {
    return this.#faults;
  }

  begin(): void {
    if (this.#state !== "new") throw new DtlsError("already-started", "start was called before");
    this.#state = "handshaking";
  }

  /** Whether the peer may show this certificate, or may still turn out to. */
  admits(certificate: Uint8Array): boolean {
    if (this.#fingerprints === undefined) return true;
    const isMatch = matchesFingerprint(this.#config.crypto, certificate, this.#fingerprints);
    this.#isMismatch = !isMatch;
    return isMatch;
  }

  /** Signaling has told whom to believe. Answers what that means for a peer that has shown its certificate. */
  believe(
    fingerprints: readonly Fingerprint[],
    certificate: Uint8Array | undefined,
  ): "stranger" | "known" | undefined {
    this.#fingerprints = fingerprints;
    if (this.#state === "closed" || certificate === undefined) return undefined;
    if (!this.admits(certificate)) return "stranger";
    return this.#state === "unverified" ? "known" : undefined;
  }

  /** The handshake is done. Answers whether the peer is known, too, or signaling still has to tell. */
  verify(): boolean {
    if (this.#fingerprints !== undefined || this.#config.peerIdentity === "none") return true;
    this.#state = "unverified";
    return false;
  }

  connect(session: DtlsSession): void {
    this.#state = "connected";
    this.outputs.event({ type: "connected", session });
  }

  /** Throws unless `data` can be sent now, as one record. */
  checkSendable(data: Uint8Array): void {
    if (this.#state !== "connected") {
      throw new DtlsError("not-connected", `nothing can be sent while ${this.#state}`);
    }
    if (data.length > maxPlaintextLength) {
      throw new DtlsError("too-long", `a record carries ${maxPlaintextLength} bytes at most`);
    }
  }

  /** Throws unless there are keys that others can be derived from. */
  checkExportable(): void {
    if (this.#state === "connected") return;
    throw new DtlsError("not-connected", `there are no keys to export while ${this.#state}`);
  }

  /** What a fatal alert of ours ends it for. */
  get failure(): DtlsCloseReason {
    return this.#isMismatch ? "fingerprint-mismatch" : "handshake-failed";
  }

  end(reason: DtlsCloseReason, alert: AlertDescription | undefined): void {
    this.#state = "closed";
    this.outputs.event({ type: "closed", reason, alert });
  }

  /** How often each kind of record was dropped. */
  count(fault: DtlsFault | undefined): void {
    if (fault === undefined) return;
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }
}
