import { setTimeout as wait } from "node:timers/promises";
import { ChallengeAnswers } from "./acme/challenge-answers.ts";
import { Certificates } from "./certificate/certificates.ts";
import type { ServerCertificate } from "./certificate/server-certificate.ts";
import { DataFolder } from "./data-folder.ts";
import { byeRoute } from "./http/bye-route.ts";
import { listen } from "./http/listen.ts";
import { natRoute } from "./http/nat-route.ts";
import { operatorRoutes, type ServerState } from "./http/operator-routes.ts";
import { builtFolders } from "./http/page-folder.ts";
import { PlainFront } from "./http/plain-front.ts";
import { SecureFront } from "./http/secure-front.ts";
import { webApp } from "./http/web-app.ts";
import { type Logger, openLog } from "./log.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { defaultValues } from "./options/option.ts";
import { SERVE_OPTIONS, type ServeOptions } from "./options/serve-options.ts";
import { Forwarding } from "./proxy/forwarding.ts";
import { resumeKey } from "./resume-key.ts";
import { ServerError } from "./server-error.ts";
import { type ServerUrls, serverUrls } from "./server-urls.ts";
import { SignalingServer } from "./signaling/signaling-server.ts";
import { findExternalIps } from "./turn/find-external-ips.ts";
import { registerTurnMetrics } from "./turn/turn-metrics.ts";
import { startTurnService, type TurnService } from "./turn/turn-service.ts";

/** A server that listens. */
export interface RunningServer {
  readonly urls: ServerUrls;
  /** The one of this moment. */
  readonly certificate: ServerCertificate;
  /** The name for which a certificate is kept or on its way. */
  readonly domain: string | undefined;
  /** Takes nobody new, and resolves when the last room is empty or the time is over. */
  drain(withinMs: number): Promise<void>;
  /** Tells the peers, ends every connection and frees the ports. */
  close(): Promise<void>;
}

/** Starts page, signaling and HTTPS; whatever is not given has the default of `tincan serve`. */
export async function startServer(
  given: Partial<ServeOptions> = {},
  log: Logger | undefined = undefined,
): Promise<RunningServer> {
  const surroundings = {
    env: process.env,
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY === true,
  };
  const options: ServeOptions = { ...defaultValues(SERVE_OPTIONS, surroundings, given), ...given };
  return open(options, log ?? openLog(process.stderr, options.logLevel, options.logFormat));
}

async function open(options: ServeOptions, log: Logger): Promise<RunningServer> {
  const folder = await DataFolder.open(options.dataDir);
  const answers = new ChallengeAnswers();
  const certificates = await Certificates.open(options, { folder, answers, log });
  const forwarding = new Forwarding(options.behindProxy);
  let turn: TurnService | undefined;
  let state: ServerState = "starting";
  let openDoors = (): void => {};
  const opening = new Promise<void>((resolve) => {
    openDoors = resolve;
  });
  const metrics = new ServerMetrics(() => signaling.stats());
  const signaling = new SignalingServer({
    capacity: options.roomSize,
    allowedOrigins: options.allowOrigin,
    resumeKey: await resumeKey(folder),
    log,
    trustedAddress: (request) => forwarding.clientAddress(request),
    iceServers: (peer, request) => turn?.iceServers(peer, request),
    opening,
    ...(options.reports === "on" && { reported: (report) => metrics.report(report) }),
  });
  const { metricsAllow, domain } = options;
  const built = await builtFolders();
  const app = await webApp({
    pageFolder: built.page,
    sdkFolder: built.sdk,
    // Browsers apply it to all ports of a host name, so it has to be the one that owns the name.
    hsts: (domain !== undefined || !certificates.current.selfSigned) && options.port === HTTPS_PORT,
    embedOrigins: options.embedOrigin,
    log,
    routes: (web) => {
      operatorRoutes(web, { state: () => state, metrics, forwarding, metricsAllow });
      byeRoute(web, (goodbye) => signaling.leave(goodbye));
      natRoute(web, (request) => turn?.stunPair(request) ?? []);
    },
  });
  signaling.attach(app.server);
  forwarding.restoreHost(app.server);
  const front = new SecureFront(app.server, certificates.current, log, answers);
  let port = options.port;
  const plain = new PlainFront(answers, () => port);

  const drain = async (withinMs: number): Promise<void> => {
    state = "draining";
    turn?.embedded?.drain();
    const patience = wait(withinMs, undefined, { ref: false });
    await Promise.race([signaling.drain(withinMs), patience]);
  };
  const close = async (): Promise<void> => {
    certificates.close();
    await signaling.close();
    front.close();
    plain.close();
    await turn?.close();
    await app.close();
  };
  try {
    const externalIp =
      options.externalIp.length > 0
        ? options.externalIp
        : await findExternalIps(options.externalIpFrom, log);
    port = await front.listen(options.port, options.host);
    const isPlainOpen = await openPlain(plain, options, log);
    const httpPort = await listen(app.server, {
      port: options.httpPort,
      host: options.httpHost,
      portOption: "--http-port",
      hostOption: "--http-host",
    });
    turn = await startTurnService({
      ...{ options: { ...options, externalIp }, folder, log, securePort: port },
      isProven: () => !certificates.current.selfSigned,
      isProxied: (request) => forwarding.isForwarded(request),
    });
    if (turn?.embedded !== undefined) {
      const { embedded } = turn;
      front.serveTurn((socket) => embedded.handleStream(socket));
      registerTurnMetrics(metrics.registry, () => embedded.stats());
    }
    // Only now, though the ports are open: who takes a seat is told of TURN.
    state = "ready";
    openDoors();
    certificates.start(isPlainOpen ? ["http-01", "tls-alpn-01"] : ["tls-alpn-01"], (certificate) =>
      front.renew(certificate),
    );
    const { host } = options;
    return {
      urls: serverUrls({ port, httpPort, host, certificate: certificates.current, domain }),
      domain,
      get certificate() {
        return certificates.current;
      },
      drain,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const HTTPS_PORT = 443;

/** Opens the port that leads to HTTPS; without it, a certificate can still be had over TLS. */
async function openPlain(
  plain: PlainFront,
  { redirectPort, host, domain }: ServeOptions,
  log: Logger,
): Promise<boolean> {
  if (redirectPort === undefined) return false;
  try {
    await plain.listen(redirectPort, host);
    return true;
  } catch (error) {
    if (domain === undefined || !(error instanceof ServerError)) throw error;
    log.warn(`${error.message}; http://${domain}/ does not lead here`);
    return false;
  }
}
