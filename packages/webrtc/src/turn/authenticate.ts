import {
  checkLongTerm,
  type LongTermDomain,
  type LongTermVerdict,
  type StunMessage,
  userhash,
  writeRefusal,
} from "../stun/index.ts";
import { equal, type Instant } from "../wire/index.ts";
import type { AllocationOwner } from "./allocation.ts";
import type { FiveTuple } from "./five-tuple.ts";
import type { ServerState } from "./server-state.ts";
import { countRefusal } from "./turn-request.ts";

/**
 * Whose request this is (RFC 8656 §5, RFC 8489 §9.2.4). Where it cannot be told, the request is
 * answered with a challenge or refusal, as far as the source's limit allows, and nothing is kept.
 */
export function authenticate(
  state: ServerState,
  message: StunMessage,
  tuple: FiveTuple,
  now: Instant,
): AllocationOwner | undefined {
  const domain = domainFor(state, tuple, 0);
  const verdict = check(state, message, tuple, now);
  if (verdict.ok) {
    const { username, key, integrity } = verdict;
    return { username, account: state.users.accountOf(username), key, integrity };
  }
  const hasCredentials = message.integrityAt >= 0 || message.integritySha256At >= 0;
  if (verdict.code === 401 && hasCredentials) state.counters.authFailures += 1;
  // Whoever completed a handshake is where it says it is; a datagram's source may be a victim.
  if (tuple.transport === "udp" && !state.limiter.take(tuple.remote.ip, now)) {
    state.counters.drop("rate-limited");
    return undefined;
  }
  countRefusal(state, message, tuple, verdict.code);
  writeRefusal(state.writer, domain, message, verdict.code, tuple.remote, now);
  if (state.settings.fingerprint || message.fingerprintAt >= 0) state.writer.addFingerprint();
  tuple.send(state.writer.finishCopy(), 0, state.writer.length);
  return undefined;
}

/** While secrets are being changed a user may have several keys: each is tried. */
function check(
  state: ServerState,
  message: StunMessage,
  tuple: FiveTuple,
  now: Instant,
): LongTermVerdict {
  for (let attempt = 0; ; attempt += 1) {
    const domain = domainFor(state, tuple, attempt);
    const verdict = checkLongTerm(domain, message, tuple.remote, now);
    if (verdict.ok || verdict.code !== 401 || !domain.hasMoreKeys) return verdict;
  }
}

interface Attempt extends LongTermDomain {
  hasMoreKeys: boolean;
}

function domainFor(state: ServerState, tuple: FiveTuple, attempt: number): Attempt {
  const { users } = state;
  const domain: Attempt = {
    crypto: state.crypto,
    realm: state.settings.realm,
    nonces: state.nonces,
    passwordAlgorithms: users.passwordAlgorithms,
    hasMoreKeys: false,
    keyOf: (username, algorithm) => {
      const owner = tuple.allocation?.owner;
      // A running allocation outlives its time-limited credentials: the call goes on.
      if (
        attempt === 0 &&
        owner?.username === username &&
        owner.key.length === keyLength[algorithm]
      ) {
        domain.hasMoreKeys = true;
        return owner.key;
      }
      const keys = users.keysOf(username, algorithm);
      const at = owner?.username === username ? attempt - 1 : attempt;
      domain.hasMoreKeys = at + 1 < keys.length;
      return keys[Math.max(at, 0)];
    },
    usernameOf: (hash) => {
      const owner = tuple.allocation?.owner;
      // It outlives its user's name in the directory, too, where a reload has taken that out.
      const isOwner =
        owner !== undefined &&
        equal(hash, userhash(state.crypto, owner.username, state.settings.realm));
      return isOwner ? owner.username : users.usernameOf(hash);
    },
  };
  return domain;
}

const keyLength = { md5: 16, sha256: 32 } as const;
