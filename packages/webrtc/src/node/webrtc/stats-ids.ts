/** Names for what statistics are about: the same in each report, and telling nothing (W3C webrtc-stats §8.1). */
export class StatsIds {
  readonly #known = new WeakMap<object, string>();
  #count = 0;

  of(prefix: string, one: object): string {
    const known = this.#known.get(one);
    if (known !== undefined) return known;
    const id = `${prefix}${this.#count}`;
    this.#count += 1;
    this.#known.set(one, id);
    return id;
  }
}
