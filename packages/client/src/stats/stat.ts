/** One dictionary of a stats report (W3C webrtc-stats), read with care: browsers lack this and that. */
export class Stat {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: object) {
    this.#fields = fields as Readonly<Record<string, unknown>>;
  }

  get id(): string {
    return this.text("id") ?? "";
  }

  get type(): string {
    return this.text("type") ?? "";
  }

  number(name: string): number | undefined {
    const value = this.#fields[name];
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.#fields[name];
    return typeof value === "boolean" ? value : undefined;
  }

  /** Seconds as milliseconds. */
  ms(name: string): number | undefined {
    const seconds = this.number(name);
    return seconds === undefined ? undefined : seconds * 1000;
  }
}

/** A whole report, by id and by type. */
export class Report {
  readonly #byId = new Map<string, Stat>();

  /** Takes what `getStats` answers. */
  constructor(report: Pick<RTCStatsReport, "forEach">) {
    report.forEach((fields: object) => {
      const stat = new Stat(fields);
      this.#byId.set(stat.id, stat);
    });
  }

  get(id: string | undefined): Stat | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  all(type: string): readonly Stat[] {
    return [...this.#byId.values()].filter((stat) => stat.type === type);
  }
}

/** Compares one dictionary with the same of the report before. */
export class Change {
  readonly #now: Stat;
  readonly #before: Stat | undefined;

  constructor(now: Stat, before: Report | undefined) {
    this.#now = now;
    this.#before = before?.get(now.id);
  }

  /** How much a counter has grown; undefined at first, and when it has started anew. */
  of(...names: readonly string[]): number | undefined {
    let sum = 0;
    for (const name of names) {
      const [now, before] = [this.#now.number(name), this.#before?.number(name)];
      if (now === undefined || before === undefined || now < before) return undefined;
      sum += now - before;
    }
    return sum;
  }

  /** Growth a second. */
  rate(name: string): number | undefined {
    const seconds = (this.of("timestamp") ?? 0) / 1000;
    const grown = this.of(name);
    return grown === undefined || seconds <= 0 ? undefined : grown / seconds;
  }

  /** How much one counter has grown for each by which the other has. */
  ratio(part: string, whole: string): number | undefined {
    return share(this.of(part), this.of(whole));
  }
}

/** `part` of `whole`; nothing of nothing is undefined. */
export function share(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole <= 0 ? undefined : part / whole;
}
