import { askBinding } from "@tincan/webrtc/node";
import { parseStunUri, StunError } from "@tincan/webrtc/stun";
import { sameAddress } from "@tincan/webrtc/wire";

/** Asks two STUN servers from one UDP socket, and tells whether they see it at two addresses (RFC 4787 §4.1). */
export async function probeMapping(
  pair: readonly string[],
  resolve: (host: string) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const [first, second] = await Promise.all(
    pair.map(async (url) => {
      const server = parseStunUri(url);
      const [host] = server?.transport === "udp" ? await resolve(server.host) : [];
      return server && host && { ...server, host };
    }),
  );
  if (!first || !second) return undefined;
  try {
    const { mapped, local } = await askBinding(first, { signal });
    const other = await askBinding(second, { signal, localPort: local.port });
    return !sameAddress(mapped, other.mapped);
  } catch (error) {
    if (!(error instanceof StunError)) throw error;
    return undefined;
  }
}
