import type { IncomingMessage } from "node:http";
import type { IceServerInfo } from "@tincan/signaling";
import type { DataFolder } from "../data-folder.ts";
import type { Logger } from "../log.ts";
import type { ServeOptions } from "../options/serve-options.ts";
import { ServerError } from "../server-error.ts";
import { EmbeddedTurn } from "./embedded-turn.ts";
import { withCredentials } from "./ice-servers.ts";
import { turnSecret } from "./turn-secret.ts";

/** The TURN of a call server: its own, or somebody else's that it hands out. */
export interface TurnService {
  /** What a browser that takes a seat is told. */
  iceServers(peer: string, request: IncomingMessage): readonly IceServerInfo[];
  /** Two STUN servers by which a browser sees what kind of NAT is in its way; none where there are not two. */
  stunPair(request: IncomingMessage): readonly string[];
  /** The server's own numbers; `undefined` where it is somebody else's. */
  readonly embedded: EmbeddedTurn | undefined;
  close(): Promise<void>;
}

export interface TurnServiceOptions {
  readonly options: ServeOptions;
  readonly folder: DataFolder;
  /** The HTTPS port that listens. */
  readonly securePort: number;
  /** Whether browsers can check the certificate of HTTPS, now. */
  readonly isProven: () => boolean;
  /** Whether a request came through a proxy that speaks TLS in our place. */
  readonly isProxied: (request: IncomingMessage) => boolean;
  readonly log: Logger;
}

/** Starts what the options ask for; nothing with `--no-turn`. */
export async function startTurnService(
  given: TurnServiceOptions,
): Promise<TurnService | undefined> {
  const { options, folder, ...rest } = given;
  if (options.turnUrl.length > 0) return foreignTurn(options.turnUrl, options.turnSecret);
  if (options.noTurn) return undefined;
  const secret = options.turnSecret ?? (await turnSecret(folder));
  const embedded = await EmbeddedTurn.start({ ...rest, settings: options, secret });
  return {
    embedded,
    iceServers: (peer, request) => embedded.iceServers(peer, request),
    stunPair: (request) => embedded.stunPair(request),
    close: () => embedded.close(),
  };
}

function foreignTurn(urls: readonly string[], secret: string | undefined): TurnService {
  const stun = urls.filter((url) => url.startsWith("stun"));
  const turn = urls.filter((url) => url.startsWith("turn"));
  if (turn.length > 0 && secret === undefined) {
    throw new ServerError(
      "missing-value",
      "--turn-url needs --turn-secret: the static-auth-secret of that server, so that browsers get users that end by themselves",
    );
  }
  return {
    embedded: undefined,
    iceServers: (peer) => [
      ...(stun.length > 0 ? [{ urls: stun }] : []),
      ...(turn.length > 0 && secret !== undefined
        ? [withCredentials(turn, secret, peer, Date.now())]
        : []),
    ],
    stunPair: () => (stun.length > 1 ? stun.slice(0, 2) : []),
    close: async () => {},
  };
}
