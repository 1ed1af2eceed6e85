import fastifyHelmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** Which pages of others may show the page, and whether browsers are told to come by HTTPS only. */
export interface SecurityHeaderOptions {
  readonly hsts: boolean;
  readonly embedOrigins: readonly string[];
}

/** Headers that keep foreign code out of the page, and the page's rights to itself. */
export async function securityHeaders(
  app: FastifyInstance,
  { hsts, embedOrigins }: SecurityHeaderOptions,
): Promise<void> {
  const embedders = ["'self'", ...embedOrigins].join(" ");
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", "blob:"],
        // Older browsers do not count WebSockets of the same host as 'self'.
        connectSrc: ["'self'", ({ headers }) => socketSources(headers.host)],
        workerSrc: ["'self'", "blob:"],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        // Downloads that a service worker streams begin in a hidden frame.
        frameSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        // Calls are all that has a place on a page of others.
        frameAncestors: [({ url }) => (url?.startsWith("/r/") ? embedders : "'self'")],
      },
    },
    // frame-ancestors says the same, and more (CSP Level 3 §6.4.2.1).
    xFrameOptions: false,
    strictTransportSecurity: hsts && { maxAge: 15_552_000, includeSubDomains: false },
    // The address of a room is its key: no other site is told it.
    referrerPolicy: { policy: "no-referrer" },
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("permissions-policy", PERMISSIONS_POLICY);
  });
}

const OWN_RIGHTS = [
  "autoplay",
  "camera",
  "clipboard-write",
  "display-capture",
  "fullscreen",
  "microphone",
  "picture-in-picture",
  "screen-wake-lock",
];

const RIGHTS_OF_NOBODY = [
  "accelerometer",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "midi",
  "payment",
  "serial",
  "usb",
];

const PERMISSIONS_POLICY = [
  ...OWN_RIGHTS.map((right) => `${right}=(self)`),
  ...RIGHTS_OF_NOBODY.map((right) => `${right}=()`),
].join(", ");

/** A Host header comes from outside: only what can be a host and a port gets into the policy. */
function socketSources(host: string | undefined): string {
  const isHost =
    host !== undefined && /^([0-9a-z.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?$/i.test(host);
  return isHost ? `ws://${host} wss://${host}` : "'self'";
}
