import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Call } from "@tincan/client";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "playwright-core";
import { expect } from "vitest";

declare global {
  interface Window {
    tincan: { readonly call: Call | undefined };
  }
}

export interface JoinOptions extends BrowserContextOptions {
  /** What is added to the address. */
  readonly query?: string;
  /** Runs in the page before its own scripts. */
  readonly before?: () => void;
}

/** People at the page: each with a browser context of its own, all watched for complaints. */
export class People {
  /** All that a browser complained about: errors of scripts, of the console, of the security policy. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      // Half faded in, nothing has the contrast that it has in the end.
      ...{ locale: "en-GB", reducedMotion: "reduce", ...options },
    });
    this.#contexts.push(context);
    // Dialogs of the browser cannot be answered here; without them files wait behind a link.
    await context.addInitScript(() => {
      for (const name of ["showSaveFilePicker", "showDirectoryPicker"]) {
        Reflect.deleteProperty(window, name);
      }
    });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    return page;
  }

  async join(link: string, name: string, options: JoinOptions = {}): Promise<Page> {
    const { query = "", before, ...context } = options;
    const page = await this.open(context);
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(`${link}?autojoin=1&name=${name}${query}`);
    await page.locator(".call").waitFor();
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }
}

/** One received track, as the browser's own report has it. */
export interface Received {
  readonly kind: string;
  readonly source: string | undefined;
  readonly framesDecoded: number;
  readonly frameHeight: number;
  readonly energy: number;
  readonly codec: string;
}

/** A page or a frame, of whichever browser and driver. */
export interface Evaluates {
  evaluate(act: () => Promise<Received[]>): Promise<Received[]>;
}

/** What the page of somebody receives, from `getStats` of all its connections. */
export function received(page: Evaluates): Promise<Received[]> {
  return page.evaluate(async () => {
    const all: Received[] = [];
    for (const peer of window.tincan.call?.peers.values() ?? []) {
      const report = [...(await peer.pc.getStats()).values()];
      for (const stat of report.filter(({ type }) => type === "inbound-rtp")) {
        const of = ({ stream }: { readonly stream: MediaStream }): boolean =>
          stream.getTracks().some(({ id }) => id === stat.trackIdentifier);
        const codec = report.find(({ id }) => id === stat.codecId)?.mimeType ?? "";
        all.push({
          kind: stat.kind,
          source: peer.streams.find(of)?.source,
          framesDecoded: stat.framesDecoded ?? 0,
          frameHeight: stat.frameHeight ?? 0,
          energy: stat.totalAudioEnergy ?? 0,
          codec,
        });
      }
    }
    return all;
  });
}

/**
 * Waits until so many frames more of each of these sources are decoded than when it began to look. One is enough
 * unless the picture comes from elsewhere now, and frames of before may be on their way.
 */
export async function flows(
  page: Evaluates,
  sources: readonly string[] = ["camera"],
  more: number = 1,
): Promise<void> {
  const frames = async (): Promise<number[]> => {
    const all = await received(page);
    return sources.map((source) =>
      all
        .filter((track) => track.kind === "video" && track.source === source)
        .reduce((sum, { framesDecoded }) => sum + framesDecoded, 0),
    );
  };
  let least = await frames();
  const grown = async (): Promise<boolean> => {
    const now = await frames();
    // Somebody who leaves takes the own frames along, and a connection that is repaired counts from none.
    least = now.map((count, index) => Math.min(count, least[index] ?? 0));
    return now.every((count, index) => count >= (least[index] ?? 0) + more);
  };
  await expect.poll(grown, { timeout: 40_000, interval: 150 }).toBe(true);
}

/**
 * Holds the page's report of its only connection still, so that what is on show equals it or is wrong;
 * answers what it says of the camera that comes in and of the way.
 */
export function heldReport(page: Page) {
  return page.evaluate(async () => {
    const [peer] = [...(window.tincan.call?.peers.values() ?? [])];
    if (peer === undefined) throw new Error("nobody is there");
    const report = await peer.pc.getStats();
    peer.pc.getStats = async () => report;
    const all = [...report.values()];
    const camera = peer.streams.find(({ source }) => source === "camera");
    const [track] = camera?.stream.getVideoTracks() ?? [];
    const rtp = all.find(
      ({ trackIdentifier, type }) => type === "inbound-rtp" && trackIdentifier === track?.id,
    );
    const transport = all.find(({ type }) => type === "transport");
    const pair = report.get(transport.selectedCandidatePairId);
    return { rtp, codec: report.get(rtp.codecId), pair, local: report.get(pair.localCandidateId) };
  });
}

/** Ends what `heldReport` has begun. */
export function releaseReport(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const { pc } of window.tincan.call?.peers.values() ?? []) {
      Reflect.deleteProperty(pc, "getStats");
    }
  });
}

/** Whether a picture goes on, with or without its sound. */
export function playing(video: Locator): Promise<{ moves: boolean; muted: boolean }> {
  return video.evaluate(async (element: HTMLVideoElement) => {
    const { paused, muted } = element;
    if (paused) return { moves: false, muted };
    await new Promise((resolve) => element.requestVideoFrameCallback(resolve));
    return { moves: true, muted };
  });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong with a page (WCAG 2.2 AA and below, and its best practices). */
export async function axeFindings(page: Page): Promise<string[]> {
  // Colours that are on their way are not those that are meant.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map(({ finished }) => finished),
    ),
  );
  // The debugger's way in: the page's policy allows no script of others.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    // What is good or cannot be told is not listed, which saves its selectors.
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  });
}
