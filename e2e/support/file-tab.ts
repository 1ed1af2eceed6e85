import { readFile } from "node:fs/promises";
import type { Call } from "@tincan/client";
import type { Chat } from "@tincan/client/chat";
import type { Files, IncomingTransfer, PrivateFolder, Transfer } from "@tincan/client/files";
import type { Browser, Page } from "playwright-core";

/** What a page of these tests keeps. */
interface Tab {
  call: Call;
  chat: Chat;
  files: Files;
  folder?: PrivateFolder;
  transfer?: Transfer;
  worker?: ServiceWorker;
}

declare global {
  interface Window {
    tab: Tab;
    entries: typeof import("@tincan/client") &
      typeof import("@tincan/client/chat") &
      typeof import("@tincan/client/files");
  }
}

/** A page that is in a call with chat and files, and publishes nothing. */
export class FileTab {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Pick<Browser, "newPage">, origin: string): Promise<FileTab> {
    const page = await browser.newPage();
    await page.goto(origin);
    return new FileTab(page);
  }

  /** Joins, and takes every offer into the origin private file system. */
  async join(server: string, room: string, name: string): Promise<void> {
    await this.page.addScriptTag({ type: "module", content: ENTRIES });
    await this.page.waitForFunction(() => window.entries !== undefined, undefined, {
      // Frames are not drawn in a tab that lies behind another one.
      polling: 50,
    });
    await this.page.evaluate(
      async (options) => {
        const { join, Chat, Files, PrivateFolder } = window.entries;
        const call = await join({ ...options, storage: sessionStorage });
        const tab: Tab = { call, chat: new Chat(call), files: new Files(call) };
        window.tab = tab;
        tab.files.on("offer", async (offer: IncomingTransfer) => {
          tab.transfer = offer;
          if (tab.worker !== undefined) {
            offer.accept(window.entries.downloadThrough(tab.worker));
            return;
          }
          tab.folder = await PrivateFolder.create();
          offer.accept(tab.folder.open);
        });
      },
      { server, room, name },
    );
  }

  /** Offers one file of bytes that follow from their places, to the only peer. */
  async send(size: number): Promise<void> {
    await this.page.evaluate(
      (args) => {
        const block = new Function(`return ${args.source}`)() as typeof seededBlock;
        const [peer] = window.tab.call.peers.keys();
        window.tab.transfer = window.tab.files.send(peer as string, [
          {
            path: "big.bin",
            size: args.size,
            read: async (start, end) => block(start, end - start),
          },
        ]);
      },
      { size, source: seededBlock.toString() },
    );
  }

  /** From now on every offer becomes a download. */
  async throughWorker(): Promise<void> {
    await this.page.evaluate(async () => {
      window.tab.worker = await window.entries.registerDownloads("/sdk/download-worker.js");
    });
  }

  /** How far the transfer is, and how it ended. */
  progress(): Promise<{
    bytes: number;
    state: string | undefined;
    end: string | undefined;
    cause?: string;
  }> {
    return this.page.evaluate(() => {
      const { transfer } = window.tab;
      const bytes = transfer?.transferred ?? 0;
      const { reason, cause } = transfer?.end ?? {};
      const because = cause === undefined ? {} : { cause: String(cause) };
      return { bytes, state: transfer?.state, end: reason, ...because };
    });
  }

  /** Closes the connection to the peer as if it had never been. */
  async cut(): Promise<void> {
    await this.page.evaluate(() => {
      for (const { pc } of window.tab.call.peers.values()) pc.close();
    });
  }

  /** The place of the first byte of what has arrived that is another one; -1 where all are right. */
  firstDifference(size: number): Promise<number> {
    return this.page.evaluate(
      async (args) => {
        const block = new Function(`return ${args.source}`)() as typeof seededBlock;
        const file = await window.tab.folder?.file(0);
        if (file === undefined || file.size !== args.size) return file?.size ?? 0;
        const step = 16 * 262_144;
        for (let start = 0; start < args.size; start += step) {
          const end = Math.min(start + step, args.size);
          const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
          for (let at = 0; at < bytes.length; at += 262_144) {
            const length = Math.min(262_144, bytes.length - at);
            const expected = new Uint32Array(
              block(start + at, length).slice().buffer,
              0,
              length >> 2,
            );
            const words = new Uint32Array(bytes.buffer, at, length >> 2);
            const wrong = words.findIndex((word, index) => word !== expected[index]);
            if (wrong >= 0) return start + at + 4 * wrong;
          }
        }
        await window.tab.folder?.remove();
        return -1;
      },
      { size, source: seededBlock.toString() },
    );
  }
}

const ENTRIES = `
import * as core from "/sdk/tincan.js";
import * as chat from "/sdk/chat.js";
import * as files from "/sdk/files.js";
window.entries = { ...core, ...chat, ...files };
`;

/** A block of up to 256 KiB that starts at `start`: xorshift32, begun with the block's number. */
export function seededBlock(start: number, length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(65_536);
  let state = (start / 262_144 + 1) * 2_654_435_761;
  for (let i = 0; i < words.length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** Watches what all renderer processes of a browser hold for themselves, in bytes; answers the most of any. */
export async function watchMemory(browser: Browser): Promise<() => Promise<number>> {
  const session = await browser.newBrowserCDPSession();
  let most = 0;
  let stopped = false;
  const look = async (): Promise<void> => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    for (const { type, id } of processInfo) {
      if (type !== "renderer") continue;
      const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
      const kib = /RssAnon:\s+(\d+)/.exec(status)?.[1] ?? "0";
      most = Math.max(most, Number(kib) * 1024);
    }
  };
  const watching = (async () => {
    while (browser.isConnected()) {
      // The browser may be closed in the middle of it, when a test has failed.
      await look().catch(() => {});
      if (stopped) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    await session.detach();
    return most;
  };
}
