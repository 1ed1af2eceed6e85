import type { CandidateType, Transport } from "./candidate.ts";

/**
 * The foundations of one agent's candidates: the same for those of one type and transport that have the
 * same base address and were told of by the same server (RFC 8445 §5.1.1.3). They are numbers, in the
 * order of their first use, so that they say nothing of addresses that are kept back.
 */
export class Foundations {
  readonly #known = new Map<string, string>();

  of(type: CandidateType, transport: Transport, baseIp: string, server = ""): string {
    const key = `${type} ${transport} ${baseIp} ${server}`;
    const known = this.#known.get(key) ?? String(this.#known.size + 1);
    this.#known.set(key, known);
    return known;
  }
}
