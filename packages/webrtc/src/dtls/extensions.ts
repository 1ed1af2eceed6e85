import { concat, fromUtf8, toUtf8 } from "../wire/index.ts";
import { Reader } from "./reader.ts";
import { number16, numbers16, vector8, vector16 } from "./vector.ts";

/** ExtensionType, each by its document. */
export const extensionType = {
  /** RFC 8422 §5.1.1 */
  supportedGroups: 10,
  /** RFC 8422 §5.1.2 */
  pointFormats: 11,
  /** RFC 5246 §7.4.1.4.1 */
  signatureAlgorithms: 13,
  /** RFC 5764 §4.1.1 */
  useSrtp: 14,
  /** RFC 7301 §3.1 */
  alpn: 16,
  /** RFC 7366 §2 */
  encryptThenMac: 22,
  /** RFC 7627 §5.1 */
  extendedMasterSecret: 23,
  /** RFC 8446 §4.2.1 */
  supportedVersions: 43,
  /** RFC 8446 §4.2.2 */
  cookie: 44,
  /** RFC 8446 §4.2.8 */
  keyShare: 51,
  /** RFC 5746 §3.2 */
  renegotiationInfo: 0xff01,
} as const;

/** What the extensions of a hello say, as far as we understand them. */
export interface HelloExtensions {
  /** Every type that stood there, in its order. */
  readonly types: readonly number[];
  readonly groups?: readonly number[];
  readonly pointFormats?: readonly number[];
  readonly signatureSchemes?: readonly number[];
  readonly useSrtp?: { readonly profiles: readonly number[]; readonly mki: Uint8Array };
  readonly alpn?: readonly string[];
  readonly encryptThenMac: boolean;
  readonly extendedMasterSecret: boolean;
  /** What a client speaks, or the one that its server has chosen. */
  readonly supportedVersions?: readonly number[];
  /** A client's, the one of its server, or none and only the group where it is asked for another. */
  readonly keyShares?: readonly KeyShare[];
  readonly cookie?: Uint8Array;
  readonly renegotiationInfo?: Uint8Array;
}

/** One half of a key exchange (RFC 8446 §4.2.8). */
export interface KeyShare {
  /** NamedGroup. */
  readonly group: number;
  /** Empty where a HelloRetryRequest asks for it. */
  readonly publicKey: Uint8Array;
}

/** Whose extensions they are: some are a list where a client says them, and one item where a server does. */
export type Speaker = "client" | "server";

/** What is written into a hello; the types follow from it. */
export type SentExtensions = Omit<HelloExtensions, "types">;

/** More extensions than any hello has; each costs us a turn of a loop. */
const maxExtensions = 128;

/** The rest of a hello: nothing at all, or a block of extensions (RFC 5246 §7.4.1.4). */
export function readExtensions(
  reader: Reader,
  speaker: Speaker = "client",
): HelloExtensions | undefined {
  const found = new Map<number, Uint8Array>();
  if (reader.hasMore) {
    const block = new Reader(reader.vector16());
    while (block.hasMore) {
      const type = block.u16();
      // "There MUST NOT be more than one extension of the same type" (RFC 5246 §7.4.1.4).
      if (found.has(type) || found.size === maxExtensions) return undefined;
      found.set(type, block.vector16());
    }
    if (!block.isComplete) return undefined;
  }
  return interpret(found, speaker);
}

/** The block of extensions; nothing at all where there are none. */
export function encodeExtensions(
  extensions: SentExtensions,
  speaker: Speaker = "client",
): Uint8Array {
  const { cookie, groups, pointFormats, signatureSchemes, useSrtp, alpn } = extensions;
  const parts: Uint8Array[] = [];
  const add = (type: number, body: Uint8Array): void => {
    parts.push(number16(type), vector16(body));
  };
  // First, so that it stands in the first fragment: a server without state may look no further.
  if (cookie) add(extensionType.cookie, vector16(cookie));
  if (extensions.renegotiationInfo) {
    add(extensionType.renegotiationInfo, vector8(extensions.renegotiationInfo));
  }
  if (extensions.extendedMasterSecret) {
    add(extensionType.extendedMasterSecret, new Uint8Array(0));
  }
  if (extensions.encryptThenMac) add(extensionType.encryptThenMac, new Uint8Array(0));
  if (groups) add(extensionType.supportedGroups, vector16(numbers16(groups)));
  if (pointFormats) add(extensionType.pointFormats, vector8(Uint8Array.from(pointFormats)));
  if (signatureSchemes) {
    add(extensionType.signatureAlgorithms, vector16(numbers16(signatureSchemes)));
  }
  if (useSrtp) {
    const profiles = vector16(numbers16(useSrtp.profiles));
    add(extensionType.useSrtp, concat(profiles, vector8(useSrtp.mki)));
  }
  if (alpn) {
    const names = alpn.map((name) => vector8(toUtf8(name)));
    add(extensionType.alpn, vector16(...names));
  }
  const { supportedVersions, keyShares } = extensions;
  const isList = speaker === "client";
  if (supportedVersions) {
    const versions = numbers16(supportedVersions);
    add(extensionType.supportedVersions, isList ? vector8(versions) : versions);
  }
  if (keyShares) {
    const shares = concat(...keyShares.map(encodeKeyShare));
    add(extensionType.keyShare, isList ? vector16(shares) : shares);
  }
  return parts.length === 0 ? new Uint8Array(0) : vector16(...parts);
}

/** Only a HelloRetryRequest names a group without a key. */
function encodeKeyShare({ group, publicKey }: KeyShare): Uint8Array {
  return publicKey.length === 0 ? number16(group) : concat(number16(group), vector16(publicKey));
}

function interpret(
  found: ReadonlyMap<number, Uint8Array>,
  speaker: Speaker,
): HelloExtensions | undefined {
  const readers: Reader[] = [];
  const read = <Value>(type: number, body: (reader: Reader) => Value): Value | undefined => {
    const bytes = found.get(type);
    if (bytes === undefined) return undefined;
    const reader = new Reader(bytes);
    readers.push(reader);
    return body(reader);
  };
  const groups = read(extensionType.supportedGroups, (reader) => reader.numbers16());
  const pointFormats = read(extensionType.pointFormats, (reader) => [...reader.vector8()]);
  const signatureSchemes = read(extensionType.signatureAlgorithms, (reader) => reader.numbers16());
  const useSrtp = read(extensionType.useSrtp, (reader) => ({
    profiles: reader.numbers16(),
    mki: reader.vector8(),
  }));
  const alpn = read(extensionType.alpn, readAlpn);
  const supportedVersions = read(extensionType.supportedVersions, (reader) =>
    speaker === "client" ? readVersions(reader) : [reader.u16()],
  );
  const cookie = read(extensionType.cookie, (reader) => reader.vector16());
  const keyShares = read(extensionType.keyShare, (reader) =>
    speaker === "client" ? readKeyShares(reader) : [readServerShare(reader)],
  );
  const renegotiationInfo = read(extensionType.renegotiationInfo, (reader) => reader.vector8());
  // These two have no body, and a reader with nothing to read is complete.
  const encryptThenMac = read(extensionType.encryptThenMac, () => true) ?? false;
  const extendedMasterSecret = read(extensionType.extendedMasterSecret, () => true) ?? false;
  if (readers.some((reader) => !reader.isComplete) || alpn === "malformed") return undefined;
  return {
    types: [...found.keys()],
    encryptThenMac,
    extendedMasterSecret,
    ...(groups && { groups }),
    ...(pointFormats && { pointFormats }),
    ...(signatureSchemes && { signatureSchemes }),
    ...(useSrtp && { useSrtp }),
    ...(alpn && { alpn }),
    ...(supportedVersions && { supportedVersions }),
    ...(cookie && { cookie }),
    ...(keyShares && { keyShares }),
    ...(renegotiationInfo && { renegotiationInfo }),
  };
}

function readAlpn(reader: Reader): readonly string[] | "malformed" {
  const names: string[] = [];
  const list = new Reader(reader.vector16());
  while (list.hasMore) {
    const name = list.vector8();
    if (name.length === 0) return "malformed";
    // A name that is no text is none of ours; it stays in the list as one that matches nothing.
    names.push(fromUtf8(name) ?? "");
  }
  return list.isComplete && names.length > 0 ? names : "malformed";
}

function readVersions(reader: Reader): readonly number[] {
  const bytes = new Reader(reader.vector8());
  const versions: number[] = [];
  while (bytes.hasMore) versions.push(bytes.u16());
  return versions;
}

/** A list that does not parse ends where it stops to. */
function readKeyShares(reader: Reader): readonly KeyShare[] {
  const list = new Reader(reader.vector16());
  const shares: KeyShare[] = [];
  while (list.hasMore) {
    const share = { group: list.u16(), publicKey: list.vector16() };
    if (share.publicKey.length > 0) shares.push(share);
  }
  return shares;
}

function readServerShare(reader: Reader): KeyShare {
  const group = reader.u16();
  return { group, publicKey: reader.hasMore ? reader.vector16() : new Uint8Array(0) };
}
