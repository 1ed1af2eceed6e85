import { givenCertificate } from "./certificate/given-certificate.ts";
import { machineNames } from "./certificate/machine-names.ts";
import { selfSignedCertificate } from "./certificate/self-signed-certificate.ts";
import type { ServerCertificate } from "./certificate/server-certificate.ts";
import { DataFolder } from "./data-folder.ts";
import { listen } from "./http/listen.ts";
import { pageFolder } from "./http/page-folder.ts";
import { SecureFront } from "./http/secure-front.ts";
import { webApp } from "./http/web-app.ts";
import { type Logger, openLog } from "./log.ts";
import { defaultValues } from "./options/option.ts";
import { SERVE_OPTIONS, type ServeOptions } from "./options/serve-options.ts";
import { resumeKey } from "./resume-key.ts";
import { ServerError } from "./server-error.ts";
import { type ServerUrls, serverUrls } from "./server-urls.ts";
import { SignalingServer } from "./signaling/signaling-server.ts";

/** A server that listens. */
export interface RunningServer {
  readonly urls: ServerUrls;
  readonly certificate: ServerCertificate;
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
  const options: ServeOptions = { ...defaultValues(SERVE_OPTIONS, surroundings), ...given };
  return open(options, log ?? openLog(process.stderr, options.logLevel, options.logFormat));
}

async function open(options: ServeOptions, log: Logger): Promise<RunningServer> {
  const folder = await DataFolder.open(options.dataDir);
  const certificate = await chooseCertificate(options, folder);
  if (certificate.expires.getTime() < Date.now()) {
    log.warn({ expires: certificate.expires }, "the certificate has expired: browsers refuse it");
  }
  const app = await webApp({
    pageFolder: await pageFolder(),
    // Browsers apply it to all ports of a host name, so it has to be the one that owns the name.
    hsts: !certificate.selfSigned && options.port === HTTPS_PORT,
    log,
  });
  const signaling = new SignalingServer({
    capacity: options.roomSize,
    allowedOrigins: options.allowOrigin,
    resumeKey: await resumeKey(folder),
    log,
  });
  signaling.attach(app.server);
  const front = new SecureFront(app.server, certificate, log);
  const renewal =
    certificate.selfSigned && !options.cert
      ? keepFresh(folder, certificate, front, log)
      : undefined;

  const close = async (): Promise<void> => {
    clearInterval(renewal);
    await signaling.close();
    front.close();
    await app.close();
  };
  try {
    const port = await front.listen(options.port, options.host);
    const httpPort = await listen(app.server, {
      port: options.httpPort,
      host: "127.0.0.1",
      portOption: "--http-port",
    });
    return {
      urls: serverUrls({ port, httpPort, host: options.host, certificate }),
      certificate,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const HTTPS_PORT = 443;

const RENEWAL_CHECK_MS = 86_400_000;

async function chooseCertificate(
  { cert, key }: ServeOptions,
  folder: DataFolder,
): Promise<ServerCertificate> {
  if (cert !== undefined && key !== undefined) return givenCertificate(cert, key);
  if (cert === undefined && key === undefined) return selfSignedCertificate(folder, machineNames());
  const [there, missing] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
  throw new ServerError("missing-value", `${there} needs ${missing} too; give both or neither`);
}

/** Renews a self-signed certificate in time, also when nobody restarts the server for a year. */
function keepFresh(
  folder: DataFolder,
  first: ServerCertificate,
  front: SecureFront,
  log: Logger,
): NodeJS.Timeout {
  let current = first;
  const check = async (): Promise<void> => {
    const next = await selfSignedCertificate(folder, current.names);
    if (next.cert === current.cert) return;
    current = next;
    front.renew(next);
    log.info({ expires: next.expires }, "the self-signed certificate was renewed");
  };
  return setInterval(() => {
    check().catch((error) => log.error({ err: error }, "the certificate could not be renewed"));
  }, RENEWAL_CHECK_MS).unref();
}
