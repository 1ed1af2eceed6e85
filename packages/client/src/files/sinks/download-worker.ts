import type { DownloadPiece, DownloadReply, DownloadRequest } from "./download-messages.ts";

/**
 * The service worker behind `downloadThrough`: it answers addresses that it has made up itself with
 * what a page of its scope streams to it. Load it as a service worker, or import it into one's own.
 */
const scope = globalThis as unknown as WorkerScope;
const downloads = new Map<string, Response>();

scope.addEventListener("message", ({ data, ports }) => {
  const [port] = ports;
  if ((data as DownloadRequest | null)?.type !== "tincan-download" || port === undefined) return;
  const url = `${scope.registration.scope}tincan-download/${crypto.randomUUID()}`;
  // A page that never fetches what it announced must not fill the worker.
  for (const oldest of downloads.keys()) {
    if (downloads.size < MAX_DOWNLOADS) break;
    downloads.delete(oldest);
  }
  downloads.set(url, response(data as DownloadRequest, port));
  const reply: DownloadReply = { type: "url", url };
  port.postMessage(reply);
});

scope.addEventListener("fetch", (event) => {
  const answer = downloads.get(event.request.url);
  if (answer === undefined) return;
  downloads.delete(event.request.url);
  event.respondWith(answer);
});

function response({ name, size, mediaType }: DownloadRequest, port: MessagePort): Response {
  const say = (reply: DownloadReply) => port.postMessage(reply);
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        port.onmessage = ({ data }: MessageEvent<DownloadPiece>) => {
          if (data === "close") controller.close();
          else if (data === "abort") controller.error(new Error("The transfer was cancelled."));
          else controller.enqueue(data);
        };
      },
      // Not before the last piece is taken: the page waits, and with it the sender.
      pull: () => say({ type: "pull" }),
      cancel: () => say({ type: "cancelled" }),
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      "content-type": mediaType,
      "content-length": String(size),
      "content-disposition": `attachment; filename*=UTF-8''${encoded(name)}`,
      // Whatever a peer has sent: it is saved and never shown as a page of this origin.
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    },
  });
}

/** A name as RFC 8187 §3.2.1 has it. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

const MAX_DOWNLOADS = 64;

/** The part of `ServiceWorkerGlobalScope` that is used; its types cannot stand beside those of a page. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Response): void;
}
