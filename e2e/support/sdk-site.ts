import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { buildPage } from "../../tools/build.ts";

/** A web site of its own, as somebody who uses the SDK without our page would have one. */
export interface SdkSite extends AsyncDisposable {
  readonly origin: string;
}

/** Builds the SDK's bundle, where it is not up to date, and serves it at `/sdk/`, the examples at `/examples/`, at `/` a page that holds it as `window.sdk`. */
export async function startSdkSite(): Promise<SdkSite> {
  await buildPage();
  const server = createServer(async ({ url = "/" }, response) => {
    const path = normalize(new URL(url, "http://localhost").pathname);
    const folder = Object.entries(FOLDERS).find(([prefix]) => path.startsWith(prefix));
    try {
      const body =
        folder === undefined
          ? PAGE
          : await readFile(
              join(
                ROOT,
                folder[1],
                path.slice(folder[0].length),
                path.endsWith("/") ? "index.html" : "",
              ),
            );
      const type = path.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
      response.writeHead(200, { "content-type": type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ROOT = join(import.meta.dirname, "../..");

const PAGE = `<!doctype html><title>site</title>
<script type="module">import * as sdk from "/sdk/tincan.js"; window.sdk = sdk;</script>`;

const FOLDERS = {
  "/sdk/": "packages/client/dist-bundle",
  "/examples/": "examples",
};
