/** What a peer can send before its Finished has come, and half a second of media beside. */
const maxRecords = 64;
const maxBytes = 64 * 1024;

/**
 * Records that came before what opens them: the keys, the Finished, or the fingerprint (RFC 6347
 * §4.1). Bounded; what comes beyond that is lost, as datagrams are.
 */
export class EarlyRecords<Held extends { readonly fragment: Uint8Array }> {
  #records: Held[] = [];
  #bytes = 0;

  /** Keeps a copy; answers whether there was room. */
  add(record: Held): boolean {
    const { length } = record.fragment;
    if (this.#records.length === maxRecords || this.#bytes + length > maxBytes) return false;
    this.#records.push({ ...record, fragment: record.fragment.slice() });
    this.#bytes += length;
    return true;
  }

  /** Hands out all of them, in the order they came. */
  take(): readonly Held[] {
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    return records;
  }
}
