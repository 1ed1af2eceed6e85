import type { Logger } from "../log.ts";
import type { AcmeCertificate } from "./acme-folder.ts";
import { AcmeProblem, problemSentence } from "./acme-problem.ts";

/** What a keeper works with. */
export interface KeeperOptions {
  readonly domain: string;
  /** Orders a certificate and keeps it in the data folder. */
  readonly order: () => Promise<AcmeCertificate>;
  /** Whether the name can be found at all, and where it leads, in words. */
  readonly resolve: () => Promise<Resolution>;
  /** There is another certificate from now on. */
  readonly renewed: (certificate: AcmeCertificate) => void;
  readonly log: Logger;
}

export interface Resolution {
  readonly isFound: boolean;
  /** Completes "call.example.org, ...": `which leads to 203.0.113.5`. */
  readonly words: string;
}

/** Sees to it that there is a good certificate: orders the first one, and each next one in time. */
export class CertificateKeeper {
  readonly #options: KeeperOptions;
  #current: AcmeCertificate | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `kept` is what the data folder has. */
  constructor(options: KeeperOptions, kept: AcmeCertificate | undefined) {
    this.#options = options;
    this.#current = kept;
  }

  /** Begins to see to it; everything that goes wrong is said in the log and tried again. */
  start(): void {
    this.#wait(this.#current === undefined ? 0 : renewalAt(this.#current) - Date.now());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** In steps, since timers hold no more than 24 days, and do not count while a machine sleeps. */
  #wait(ms: number): void {
    if (this.#isClosed) return;
    const step = Math.min(Math.max(0, ms), STEP_MS);
    const go = (): void => {
      if (step < ms) this.#wait(ms - step);
      else void this.#renew();
    };
    this.#timer = setTimeout(go, step).unref();
  }

  async #renew(): Promise<void> {
    const { domain, log } = this.#options;
    const resolution = await this.#options.resolve();
    try {
      if (!resolution.isFound) throw new AcmeProblem("unresolved", "no address");
      const certificate = await this.#options.order();
      if (this.#isClosed) return;
      this.#failures = 0;
      this.#current = certificate;
      this.#options.renewed(certificate);
      const { expires } = certificate;
      log.info({ domain, expires }, `there is a certificate for ${domain}`);
      this.#wait(Math.max(renewalAt(certificate) - Date.now(), LEAST_AGE_MS));
    } catch (error) {
      if (this.#isClosed) return;
      this.#failed(error, resolution.words);
    }
  }

  #failed(error: unknown, leadsTo: string): void {
    const { domain, log } = this.#options;
    this.#failures += 1;
    const isProblem = error instanceof AcmeProblem;
    // What is looked up in the DNS costs the authority nothing, and people wait for it.
    const base = isProblem && error.type === "unresolved" ? LOOKUP_MS : FIRST_RETRY_MS;
    const backoffMs = Math.min(base * 2 ** Math.min(this.#failures - 1, 20), LAST_RETRY_MS);
    const askedMs = Math.min((isProblem && error.retryAfterMs) || 0, LONGEST_REQUEST_MS);
    const waitMs = Math.max(backoffMs, askedMs);
    const again = `; trying again in ${inWords(waitMs)}`;
    const detail = { domain, retryAt: new Date(Date.now() + waitMs) };
    if (isProblem) log.warn(detail, problemSentence(error, domain, leadsTo) + again);
    else log.error({ ...detail, err: error }, `no certificate for ${domain}${again}`);
    this.#wait(waitMs);
  }
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STEP_MS = 3_600_000;
const LOOKUP_MS = MINUTE_MS;

/** Let's Encrypt bears with five failed validations an hour; each attempt makes up to two. */
const FIRST_RETRY_MS = 15 * MINUTE_MS;
const LAST_RETRY_MS = DAY_MS / 4;
/** No authority may put a server to sleep until its certificate has ended. */
const LONGEST_REQUEST_MS = DAY_MS;
/** A certificate that looks due the moment it comes (a wrong clock) is not ordered again and again. */
const LEAST_AGE_MS = DAY_MS / 2;

/** With a third of its life left: 30 days of 90, and 2 of the short-lived ones. */
function renewalAt({ begins, expires }: AcmeCertificate): number {
  return expires.getTime() - (expires.getTime() - begins.getTime()) / 3;
}

function inWords(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
