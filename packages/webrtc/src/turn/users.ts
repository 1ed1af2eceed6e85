import { longTermKey, type PasswordAlgorithmName, userhash } from "../stun/index.ts";
import { type Crypto, toHex } from "../wire/index.ts";
import { defaultRestSeparator, parseRestUsername, restPassword } from "./rest-credentials.ts";

/** Who may use the server; another implementation can stand on a database that answers at once. */
export interface UserDirectory {
  /** The password algorithms that every user has a key for, best first. */
  readonly passwordAlgorithms: readonly PasswordAlgorithmName[];
  /** Whether `usernameOf` knows every user, so that USERHASH can be offered (RFC 8489 §9.2). */
  readonly knowsUserhashes: boolean;
  /** The keys that a user may have: more than one while secrets are being changed; none for strangers. */
  keysOf(username: string, algorithm: PasswordAlgorithmName): readonly Uint8Array[];
  usernameOf(hash: Uint8Array): string | undefined;
  /** Whose quota a name counts against. */
  accountOf(username: string): string;
}

/** A user with a password, or with the key made from it: 16 bytes (MD5) or 32 bytes (SHA-256). */
export type UserEntry =
  | { readonly name: string; readonly password: string }
  | { readonly name: string; readonly key: Uint8Array };

/** Users by name, and the secrets of web services that make time-limited ones. */
export interface UsersOptions {
  readonly crypto: Crypto;
  readonly realm: string;
  /** The time of day in seconds: time-limited credentials end by it. */
  readonly unixTimeS: () => number;
  readonly users?: readonly UserEntry[];
  readonly secrets?: readonly string[];
  readonly separator?: string;
}

/** The users of a configuration: fixed ones, and those of the REST scheme. */
export class Users implements UserDirectory {
  readonly passwordAlgorithms: readonly PasswordAlgorithmName[];
  readonly knowsUserhashes: boolean;
  readonly #options: UsersOptions;
  readonly #byName = new Map<string, UserEntry>();
  readonly #nameByHash = new Map<string, string>();

  constructor(options: UsersOptions) {
    this.#options = options;
    for (const user of options.users ?? []) {
      this.#byName.set(user.name, user);
      this.#nameByHash.set(toHex(userhash(options.crypto, user.name, options.realm)), user.name);
    }
    const entries = [...this.#byName.values()];
    this.passwordAlgorithms = bestFirst.filter((algorithm) =>
      entries.every((user) => "password" in user || user.key.length === keyLength[algorithm]),
    );
    // Names of the REST scheme are made elsewhere; their hashes cannot be known before.
    this.knowsUserhashes = (options.secrets ?? []).length === 0;
  }

  keysOf(username: string, algorithm: PasswordAlgorithmName): readonly Uint8Array[] {
    const user = this.#byName.get(username);
    if (user === undefined) return this.#restKeys(username, algorithm);
    if ("password" in user) return [this.#key(username, algorithm, user.password)];
    return user.key.length === keyLength[algorithm] ? [user.key] : [];
  }

  usernameOf(hash: Uint8Array): string | undefined {
    return this.#nameByHash.get(toHex(hash));
  }

  accountOf(username: string): string {
    if (this.#byName.has(username)) return username;
    const id = parseRestUsername(username, this.#separator)?.id;
    return id === undefined || id === "" ? username : id;
  }

  #restKeys(username: string, algorithm: PasswordAlgorithmName): readonly Uint8Array[] {
    const { crypto, secrets = [], unixTimeS } = this.#options;
    const parsed = parseRestUsername(username, this.#separator);
    if (parsed === undefined || parsed.expiresAtS < unixTimeS()) return [];
    return secrets.map((secret) =>
      this.#key(username, algorithm, restPassword(crypto, secret, username)),
    );
  }

  #key(username: string, algorithm: PasswordAlgorithmName, password: string): Uint8Array {
    const { crypto, realm } = this.#options;
    return longTermKey(crypto, algorithm, username, realm, password);
  }

  get #separator(): string {
    return this.#options.separator ?? defaultRestSeparator;
  }
}

const bestFirst: readonly PasswordAlgorithmName[] = ["sha256", "md5"];

const keyLength: Readonly<Record<PasswordAlgorithmName, number>> = { md5: 16, sha256: 32 };
