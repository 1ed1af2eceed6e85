import type { FileSink, OpenSink } from "../file-sink.ts";
import type { DownloadReply, DownloadRequest } from "./download-messages.ts";

/**
 * Saves each file as a download of the browser's own, streamed through a service worker: for
 * browsers without `showSaveFilePicker`. `worker` comes from `registerDownloads`. The browser may ask before it lets a page save many files.
 */
export function downloadThrough(worker: ServiceWorker): OpenSink {
  return async ({ path, size, type }): Promise<FileSink> => {
    const { port1: port, port2 } = new MessageChannel();
    const stream = new PulledPort(port);
    const request: DownloadRequest = {
      type: "tincan-download",
      name: path.split("/").at(-1) ?? path,
      size,
      mediaType: type ?? "application/octet-stream",
    };
    worker.postMessage(request, [port2]);
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.src = await stream.url;
    document.body.append(frame);
    // Browsers stop a service worker to which nothing happens, in the middle of a stream, too.
    const pulse = setInterval(() => worker.postMessage({ type: "tincan-pulse" }), PULSE_MS);
    const end = () => {
      clearInterval(pulse);
      // The download is the browser's once it has begun, but not all of them start it at once.
      setTimeout(() => frame.remove(), FRAME_MS);
    };
    return {
      write: (bytes) => stream.write(bytes),
      close: async () => {
        await stream.close();
        end();
      },
      abort: async () => {
        stream.abort();
        end();
      },
    };
  };
}

/** Registers the script of `@tincan/client/download-worker`, and answers its worker once it runs. */
export async function registerDownloads(script: string | URL): Promise<ServiceWorker> {
  const registration = await navigator.serviceWorker.register(script);
  const { active, waiting, installing } = registration;
  const worker = active ?? waiting ?? installing;
  if (worker === null) throw new DOMException("There is no service worker.", "InvalidStateError");
  while (worker.state !== "activated") {
    // A new one waits until the pages of the old one are closed: there is an active one then.
    if (worker.state === "redundant") {
      throw new DOMException("The service worker was not taken.", "AbortError");
    }
    await new Promise((resolve) => {
      worker.addEventListener("statechange", resolve, { once: true });
    });
  }
  return worker;
}

/** The page's end of a stream that the worker pulls. */
class PulledPort {
  readonly url: Promise<string>;
  readonly #port: MessagePort;
  #wanted = false;
  #cancelled = false;
  #wake: () => void = () => {};

  constructor(port: MessagePort) {
    this.#port = port;
    this.url = new Promise((resolve, reject) => {
      const patience = setTimeout(
        () => reject(new DOMException("The service worker does not answer.", "TimeoutError")),
        PATIENCE_MS,
      );
      port.onmessage = ({ data }: MessageEvent<DownloadReply>) => {
        if (data.type === "url") {
          clearTimeout(patience);
          resolve(data.url);
          return;
        }
        if (data.type === "pull") this.#wanted = true;
        else this.#cancelled = true;
        this.#wake();
      };
    });
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#pulled();
    this.#wanted = false;
    const copy = bytes.slice();
    this.#port.postMessage(copy, [copy.buffer]);
  }

  async close(): Promise<void> {
    await this.#pulled();
    this.#port.postMessage("close");
    this.#port.close();
  }

  abort(): void {
    this.#cancelled = true;
    this.#wake();
    this.#port.postMessage("abort");
    this.#port.close();
  }

  async #pulled(): Promise<void> {
    while (!this.#wanted && !this.#cancelled) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#cancelled) throw new DOMException("The download was cancelled.", "AbortError");
  }
}

const PULSE_MS = 10_000;
const PATIENCE_MS = 10_000;
const FRAME_MS = 30_000;
