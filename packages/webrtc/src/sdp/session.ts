/** An `a=` line (RFC 8866 §5.13). */
export interface Attribute {
  readonly name: string;
  /** What stands after the colon; a property attribute has none. */
  readonly value?: string;
}

/** The `o=` line (RFC 8866 §5.2). */
export interface Origin {
  readonly username: string;
  /** A 64-bit number in text: browsers use more bits than a double holds. */
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly addressType: "IP4" | "IP6";
  readonly address: string;
}

/** The `c=` line (RFC 8866 §5.7). */
export interface Connection {
  readonly addressType: "IP4" | "IP6";
  readonly address: string;
}

/** An `m=` section (RFC 8866 §5.14) with the lines that belong to it. */
export interface Media {
  /** `audio`, `video`, `application`, ... */
  readonly kind: string;
  /** 0 where the section is rejected, or bundle-only (RFC 8843 §6). */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly connection?: Connection;
  readonly attributes: readonly Attribute[];
}

/** A session description as its lines say, nothing interpreted; lines that WebRTC has no use for are left out. */
export interface Session {
  readonly origin: Origin;
  readonly name: string;
  readonly connection?: Connection;
  readonly attributes: readonly Attribute[];
  readonly media: readonly Media[];
}

/** The value of the first attribute of a name; `""` for a property attribute, `undefined` for none. */
export function attributeOf(attributes: readonly Attribute[], name: string): string | undefined {
  for (const attribute of attributes) if (attribute.name === name) return attribute.value ?? "";
  return undefined;
}

/** The values of all attributes of a name, in their order. */
export function attributesOf(attributes: readonly Attribute[], name: string): readonly string[] {
  return attributes.filter((attribute) => attribute.name === name).map(({ value }) => value ?? "");
}
