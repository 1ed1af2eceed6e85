import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity, type TLSSocket } from "node:tls";
import { withoutBrackets } from "@tincan/webrtc/wire";
import { certificateNames } from "../../certificate/server-certificate.ts";
import { systemCode } from "../../server-error.ts";
import type { CertificateOutcome, WebPlace } from "./probes.ts";

/** Takes down what a TLS server shows, whether or not it is to be believed. */
export function shownCertificate(
  { url, ip }: WebPlace,
  connect: (options: ConnectionOptions) => TLSSocket,
  signal: AbortSignal,
): Promise<CertificateOutcome> {
  const host = withoutBrackets(url.hostname);
  return new Promise((resolve) => {
    const socket = connect({
      host: ip,
      port: Number(url.port || 443),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: false,
      // The name is judged apart from the chain, so that each fault is told by its own name.
      checkServerIdentity: () => undefined,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const fail = (why: string): void => {
      socket.destroy();
      resolve({ type: "failed", why });
    };
    const abort = (): void => fail("silent");
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", (error) => fail(systemCode(error) ?? error.message));
    socket.once("secureConnect", () => {
      signal.removeEventListener("abort", abort);
      const peer = socket.getPeerCertificate();
      const certificate = new X509Certificate(peer.raw);
      const { dns, ips } = certificateNames(certificate);
      const { authorizationError } = socket;
      resolve({
        type: "shown",
        certificate: {
          names: [...dns, ...ips],
          validFrom: Date.parse(certificate.validFrom),
          validTo: Date.parse(certificate.validTo),
          issuer: certificate.issuer.replaceAll("\n", ", "),
          isSelfSigned: certificate.issuer === certificate.subject,
          isForName: checkServerIdentity(host, peer) === undefined,
          chainError: authorizationError ? String(authorizationError) : undefined,
        },
      });
      socket.destroy();
    });
  });
}
