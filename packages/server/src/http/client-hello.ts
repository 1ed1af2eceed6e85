/** What is known of a TLS connection by its first bytes. */
export type ClientHelloProtocols =
  | { readonly state: "incomplete" }
  | { readonly state: "read"; readonly protocols: readonly string[] }
  | { readonly state: "unreadable" };

/**
 * The protocols that a ClientHello offers in its ALPN extension (RFC 7301 §3.1). Reads no further than the
 * first record: a ClientHello in several of them is answered as every other TLS connection is.
 */
export function clientHelloProtocols(bytes: Uint8Array): ClientHelloProtocols {
  if (bytes.length < RECORD_HEADER) return { state: "incomplete" };
  // TLSPlaintext (RFC 8446 §5.1): type, version, length.
  const length = ((bytes[3] as number) << 8) | (bytes[4] as number);
  if (bytes[0] !== HANDSHAKE || length > MAX_RECORD) return UNREADABLE;
  if (bytes.length < RECORD_HEADER + length) return { state: "incomplete" };
  const protocols = readProtocols(
    new Reader(bytes.subarray(RECORD_HEADER, RECORD_HEADER + length)),
  );
  return protocols === undefined ? UNREADABLE : { state: "read", protocols };
}

const UNREADABLE = { state: "unreadable" } as const;
/** RFC 8446 §5.1 */
const RECORD_HEADER = 5;
const HANDSHAKE = 22;
const MAX_RECORD = 16_384;
/** RFC 8446 §4 */
const CLIENT_HELLO = 1;
/** application_layer_protocol_negotiation (RFC 7301 §6) */
const ALPN = 16;

/** The fields of a ClientHello in their order (RFC 8446 §4.1.2). */
function readProtocols(reader: Reader): readonly string[] | undefined {
  if (reader.number(1) !== CLIENT_HELLO) return undefined;
  const hello = reader.vector(3);
  if (hello?.skip(2 + 32) === undefined) return undefined;
  if (!(hello.vector(1) && hello.vector(2) && hello.vector(1))) return undefined;
  const extensions = hello.vector(2);
  if (extensions === undefined) return [];
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    if (body === undefined) return undefined;
    if (type === ALPN) return readNames(body.vector(2));
  }
  return [];
}

function readNames(list: Reader | undefined): readonly string[] | undefined {
  const names: string[] = [];
  while (list !== undefined && list.left > 0) {
    const name = list.vector(1);
    if (name === undefined) return undefined;
    names.push(name.text());
  }
  return list && names;
}

/** Takes bytes from the front; every method answers `undefined` where too few are left. */
class Reader {
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length;
  }

  skip(length: number): Uint8Array | undefined {
    if (length > this.#bytes.length) return undefined;
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  number(length: number): number | undefined {
    return this.skip(length)?.reduce((value, byte) => value * 256 + byte, 0);
  }

  /** A vector with its length in front (RFC 8446 §3.4). */
  vector(lengthBytes: number): Reader | undefined {
    const length = this.number(lengthBytes);
    const body = length === undefined ? undefined : this.skip(length);
    return body && new Reader(body);
  }

  text(): string {
    return String.fromCharCode(...this.#bytes);
  }
}
