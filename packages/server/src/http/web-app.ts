import { join, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import type { Logger } from "../log.ts";
import { isOriginAllowed } from "../signaling/origin.ts";
import { securityHeaders } from "./security-headers.ts";

export interface WebAppOptions {
  /** Where the built page lies. */
  readonly pageFolder: string;
  /** Where the built SDK lies, for pages of any site. */
  readonly sdkFolder: string;
  /** Whether browsers are told to come by HTTPS only. */
  readonly hsts: boolean;
  /** Whose pages may show calls in a frame, beside the server's own. */
  readonly embedOrigins: readonly string[];
  readonly log: Logger;
  /** Adds what else the server answers. */
  readonly routes?: (app: FastifyInstance) => void;
}

/** The page and the health check, ready to answer on `server`; whoever calls it makes that listen. */
export async function webApp(options: WebAppOptions): Promise<FastifyInstance> {
  const { pageFolder, sdkFolder, hsts, embedOrigins, log } = options;
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
  });
  app.addHook("onResponse", async (request, reply) => {
    // Without the address: who knows a room's name can enter it.
    const { method, routeOptions } = request;
    log.debug({ method, route: routeOptions.url, status: reply.statusCode }, "http request");
  });
  await securityHeaders(app, { hsts, embedOrigins });
  await app.register(fastifyStatic, {
    root: pageFolder,
    preCompressed: true,
    cacheControl: false,
    dotfiles: "ignore",
    setHeaders: (reply, path) => {
      reply.header("cache-control", cacheControl(path, pageFolder));
    },
  });
  await app.register(fastifyStatic, {
    root: sdkFolder,
    prefix: "/sdk/",
    decorateReply: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: "ignore",
    setHeaders: (reply) => {
      reply.header("cache-control", "no-cache");
      // The SDK is there for pages of other sites (Fetch Standard §3.3.3, §3.7).
      reply.header("access-control-allow-origin", "*");
      reply.header("cross-origin-resource-policy", "cross-origin");
    },
  });
  for (const address of PAGE_ADDRESSES) {
    app.get(address, (_request, reply) => reply.sendFile("index.html"));
  }
  // A page cannot see that a frame was refused: it asks here to say why (packages/client/src/embed).
  app.get("/embed.json", async ({ headers }, reply) => {
    reply.header("cache-control", "no-store").header("access-control-allow-origin", "*");
    return { allowed: isOriginAllowed(headers, embedOrigins) };
  });
  app.get("/healthz", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    // The doctor of another page looks at this one's life and clock.
    reply
      .header("access-control-allow-origin", "*")
      .header("access-control-expose-headers", "date");
    return { status: "ok" };
  });
  options.routes?.(app);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(NOT_FOUND));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    // Paths that lead out of the page's folder are not worth an answer of their own.
    if (status === 403) return reply.code(404).send(NOT_FOUND);
    if (status >= 500) log.error({ err: error }, "an http request failed");
    return reply
      .code(status)
      .send(
        status >= 500
          ? { error: "internal", message: "Something went wrong on the server." }
          : { error: "bad-request", message: "The server cannot make sense of this request." },
      );
  });
  await app.ready();
  return app;
}

/** The addresses that the page itself tells apart; `/` is the folder's index.html. */
const PAGE_ADDRESSES = ["/r/:room", "/send", "/receive", "/doctor"];

const NOT_FOUND = { error: "not-found", message: "There is nothing at this address." };

const REQUEST_TIMEOUT_MS = 30_000;

/** Only a goodbye has a body. */
const BODY_LIMIT_BYTES = 2048;

/** A room's name is at most 64 characters, each up to 12 when percent-encoded. */
const MAX_PARAM_LENGTH = 768;

/** The names of files in `assets` change with their content, so they never have to be asked for again. */
function cacheControl(path: string, pageFolder: string): string {
  const isHashed = path.startsWith(join(pageFolder, "assets") + sep);
  return isHashed ? "public, max-age=31536000, immutable" : "no-cache";
}
