import { createServer, type Server } from "node:tls";
import type { ChallengeAnswers } from "../acme/challenge-answers.ts";

/** The protocol in whose name a certificate authority connects (RFC 8737 §6.2). */
export const ACME_TLS: string = "acme-tls/1";

/** Shows the certificate of a challenge to whoever asks with `acme-tls/1`, and hangs up (RFC 8737 §3). */
export function challengeTls(answers: ChallengeAnswers): Server {
  const server = createServer({
    ALPNProtocols: [ACME_TLS],
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    SNICallback: (name, answer) => {
      const context = answers.certificateFor(name);
      if (context === undefined) answer(new Error("no challenge for this name"));
      else answer(null, context);
    },
  });
  server.on("secureConnection", (socket) => socket.end());
  // Who comes without a challenge gets what everybody gets here: an end.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
