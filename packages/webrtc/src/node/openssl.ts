import type { HashAlgorithm } from "../wire/index.ts";
import { binder, type Koffi, loadKoffi } from "./koffi.ts";

/** A pointer, as the foreign function interface hands it out; only passed back. */
type Pointer = bigint;

/** Memory that a function reads or writes; a view is passed as where it begins. */
type Memory = ArrayBufferView | Pointer | null;

/** The functions of libcrypto that ciphers and hashes need (OpenSSL, EVP_EncryptInit(3), EVP_DigestInit(3), HMAC(3)); 1 is success. */
export interface OpenSsl {
  newContext(): Pointer;
  freeContext(context: Pointer): void;
  cipher(name: OpenSslCipher): Pointer;
  /** `isEncrypting` is 1, 0, or -1 for as before. */
  init(
    context: Pointer,
    cipher: Pointer | null,
    engine: null,
    key: Memory,
    iv: Memory,
    isEncrypting: number,
  ): number;
  control(context: Pointer, command: number, length: number, memory: Memory): number;
  update(context: Pointer, out: Memory, written: Memory, data: Memory, length: number): number;
  final(context: Pointer, out: Memory, written: Memory): number;
  hash(algorithm: HashAlgorithm): Pointer;
  digest(
    data: Memory,
    length: number,
    out: Memory,
    written: Memory,
    hash: Pointer,
    engine: null,
  ): number;
  /** Where the value stands; nowhere if it could not be made. */
  hmac(
    hash: Pointer,
    key: Memory,
    keyLength: number,
    data: Memory,
    length: number,
    out: Memory,
    written: Memory,
  ): Pointer | null;
}

export type OpenSslCipher = keyof typeof ciphers;

/**
 * The OpenSSL that is part of Node, called directly: a record costs a third of what node:crypto
 * takes, which makes an object for each. Needs the optional package koffi; `undefined` where that is
 * not installed, or this Node does not show its OpenSSL.
 */
export function loadOpenSsl(): OpenSsl | undefined {
  const koffi = loadKoffi();
  try {
    return koffi && bind(koffi);
  } catch {
    return undefined;
  }
}

function bind(koffi: Koffi): OpenSsl {
  const bound = binder(koffi);
  const made = new Map<string, Pointer>();
  /** Binding a function takes longer than a key schedule: once for each cipher and hash. */
  const make = (name: string): Pointer => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const found = bound<() => Pointer>(`void *${name}()`)();
    made.set(name, found);
    return found;
  };
  return {
    cipher: (name) => make(ciphers[name]),
    newContext: bound("void *EVP_CIPHER_CTX_new()"),
    freeContext: bound("void EVP_CIPHER_CTX_free(void *)"),
    init: bound("int EVP_CipherInit_ex(void *, void *, void *, void *, void *, int)"),
    control: bound("int EVP_CIPHER_CTX_ctrl(void *, int, int, void *)"),
    update: bound("int EVP_CipherUpdate(void *, void *, void *, void *, int)"),
    final: bound("int EVP_CipherFinal_ex(void *, void *, void *)"),
    hash: (algorithm) => make(`EVP_${algorithm}`),
    digest: bound("int EVP_Digest(void *, size_t, void *, void *, void *, void *)"),
    hmac: bound("void *HMAC(void *, void *, int, void *, size_t, void *, void *)"),
  };
}

/** What makes each cipher. */
const ciphers = {
  "aes-128-gcm": "EVP_aes_128_gcm",
  "aes-256-gcm": "EVP_aes_256_gcm",
  "chacha20-poly1305": "EVP_chacha20_poly1305",
  "aes-128-ecb": "EVP_aes_128_ecb",
  "aes-256-ecb": "EVP_aes_256_ecb",
  chacha20: "EVP_chacha20",
} as const;

/** For what succeeds always: 1 is success. */
export function check(outcome: number): void {
  if (outcome !== 1) throw new Error("OpenSSL did not do what it always does.");
}
