/**
 * Where the chunks of one packet go: a stretch of the caller's buffer, filled from the front.
 *
 * One writer lives as long as its association, so that no packet costs an object.
 */
export class PacketWriter {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the next chunk starts. */
  at = 0;
  /** Where the packet must end. */
  end = 0;
  #start = 0;

  begin(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.#start = at;
  }

  get room(): number {
    return this.end - this.at;
  }

  get isEmpty(): boolean {
    return this.at === this.#start;
  }

  /** Appends a ready chunk, padding included; `false` where it no longer fits. */
  append(chunk: Uint8Array): boolean {
    if (chunk.length > this.room) return false;
    this.bytes.set(chunk, this.at);
    this.at += chunk.length;
    return true;
  }
}
