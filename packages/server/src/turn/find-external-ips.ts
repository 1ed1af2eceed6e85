import { isIP } from "node:net";
import { askBinding } from "@tincan/webrtc/node";
import { parseStunUri, StunError } from "@tincan/webrtc/stun";
import type { Logger } from "../log.ts";

/**
 * How the internet sees this machine: PUBLIC/PRIVATE of each family that a STUN server answers for. The first
 * to answer is believed; one that does not is named, and the start goes on without it.
 */
export async function findExternalIps(
  servers: readonly string[],
  log: Logger,
): Promise<readonly string[]> {
  const answers = await Promise.all(servers.map((text) => ask(text, log)));
  const found = new Map<number, string>();
  for (const answer of answers) {
    if (answer === undefined) continue;
    const { mapped, local } = answer;
    const family = isIP(mapped.ip);
    if (mapped.ip === local.ip || found.has(family)) continue;
    found.set(family, `${mapped.ip}/${local.ip}`);
    log.info(`the internet sees ${local.ip} as ${mapped.ip}; TURN announces that`);
  }
  return [...found.values()];
}

async function ask(text: string, log: Logger) {
  const server = parseStunUri(text);
  if (server === undefined) return undefined;
  try {
    return await askBinding(server, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const why = error instanceof StunError ? error.message : String(error);
    log.warn(
      `--external-ip-from: ${text} did not tell how the internet sees this machine (${why}); give another server, or --external-ip`,
    );
    return undefined;
  }
}

/** The start waits for it. */
const PATIENCE_MS = 3_000;
