import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

/** `/nat.json`: the STUN servers by which the doctor of any page sees what kind of NAT is in a visitor's way. */
export function natRoute(
  app: FastifyInstance,
  stunPair: (request: IncomingMessage) => readonly string[],
): void {
  app.get("/nat.json", async ({ raw }, reply) => {
    reply.header("cache-control", "no-store").header("access-control-allow-origin", "*");
    return { stun: stunPair(raw) };
  });
}
