import { createServer, type Server } from "node:http";
import type { ChallengeAnswers } from "../acme/challenge-answers.ts";
import { listen } from "./listen.ts";
import { redirectToHttps } from "./redirect-to-https.ts";

/** Port 80: leads browsers to HTTPS, and answers the certificate authority (RFC 8555 §8.3). */
export class PlainFront {
  readonly #server: Server;

  /** `securePort` tells where HTTPS is once it listens, as browsers see it. */
  constructor(answers: ChallengeAnswers, securePort: () => number) {
    this.#server = createServer(
      { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, connectionsCheckingInterval: 1000 },
      (request, response) => {
        const answer = answers.tokenAt(request.url);
        if (answer === undefined) redirectToHttps(request, response, securePort());
        else response.setHeader("content-type", "application/octet-stream").end(answer);
      },
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  listen(port: number, host: string | undefined): Promise<number> {
    return listen(this.#server, {
      port,
      host,
      portOption: "--redirect-port",
      hostOption: "--host",
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 1024;
