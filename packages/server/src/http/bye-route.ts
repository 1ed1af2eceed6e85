import { Goodbye } from "@tincan/signaling";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";

/**
 * `/bye`: where a page that is closed says goodbye, with `navigator.sendBeacon` (Beacon §3.1). Any origin may,
 * for the token is the proof; nobody hears whether it was one.
 */
export function byeRoute(app: FastifyInstance, leave: (goodbye: Goodbye) => void): void {
  app.post("/bye", async ({ body }, reply) => {
    const goodbye = v.safeParse(Goodbye, parsed(body));
    if (goodbye.success) leave(goodbye.output);
    return reply.code(204).send();
  });
}

/** A beacon's text comes as `text/plain`, so that no other origin has to be asked first. */
function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
