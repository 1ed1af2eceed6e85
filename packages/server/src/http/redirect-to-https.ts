import type { IncomingMessage, ServerResponse } from "node:http";

/** Sends a browser that came with http:// to the same address with https://, on another port where one is given. */
export function redirectToHttps(
  request: IncomingMessage,
  response: ServerResponse,
  port: number | undefined = undefined,
): void {
  const { host } = request.headers;
  const target = `https://${host}${request.url}`;
  response.setHeader("connection", "close");
  if (host === undefined || !request.url?.startsWith("/") || !URL.canParse(target)) {
    response.writeHead(400).end();
    return;
  }
  const url = new URL(target);
  if (port !== undefined) url.port = String(port);
  // Not a permanent one: browsers would remember it after the port serves something else.
  response.writeHead(307, { location: url.href }).end();
}
