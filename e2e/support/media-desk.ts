import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Call } from "@tincan/client";
import type { DevicePublisher, LocalDevices } from "@tincan/client/devices";
import type { ScreenShare } from "@tincan/client/screen";
import type { CallStats, PeerSnapshot, ReceivedTrack } from "@tincan/client/stats";
import type { Verification } from "@tincan/client/verify";
import type { BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";

/** What the tests keep in each page. */
interface Desk {
  core: typeof import("@tincan/client");
  devicesOf: typeof import("@tincan/client/devices");
  screenOf: typeof import("@tincan/client/screen");
  statsOf: typeof import("@tincan/client/stats");
  recordingOf: typeof import("@tincan/client/recording");
  verifyOf: typeof import("@tincan/client/verify");
  call: Call;
  devices: LocalDevices;
  publisher: DevicePublisher;
  stats: CallStats;
  verification: Verification;
  screen?: ScreenShare;
  negotiations: number;
}

declare global {
  interface Window {
    desk: Desk;
  }
}

export const PATIENCE = { timeout: 40_000, interval: 100 };

/** Opens a page of the site with all parts of the SDK that have to do with media. */
export async function openDesk(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.addScriptTag({ type: "module", content: LOAD });
  await page.waitForFunction(() => window.desk !== undefined);
  return page;
}

const LOAD = `
import * as core from "/sdk/tincan.js";
import * as devicesOf from "/sdk/devices.js";
import * as screenOf from "/sdk/screen.js";
import * as statsOf from "/sdk/stats.js";
import * as recordingOf from "/sdk/recording.js";
import * as verifyOf from "/sdk/verify.js";
window.desk = { core, devicesOf, screenOf, statsOf, recordingOf, verifyOf };
`;

/** Joins with camera and microphone. */
export async function enter(page: Page, server: string, room: string, name: string): Promise<void> {
  await page.evaluate(
    async (options) => {
      const { desk } = window;
      // Small pictures: two pages that encode and decode share this machine with a recording.
      const camera = { resolution: "360p", frameRate: 15 } as const;
      desk.devices = new desk.devicesOf.LocalDevices({ camera });
      await desk.devices.start();
      const call = await desk.core.join(options);
      const publisher = new desk.devicesOf.DevicePublisher(call);
      desk.devices.on("changed", () => publisher.update(desk.devices));
      publisher.update(desk.devices);
      const stats = new desk.statsOf.CallStats(call, { intervalMs: 500 });
      const verification = new desk.verifyOf.Verification(call);
      Object.assign(desk, { call, publisher, stats, verification, negotiations: 0 });
      const count = (peer: import("@tincan/client").Peer) =>
        peer.pc.addEventListener("signalingstatechange", () => {
          desk.negotiations += 1;
        });
      for (const peer of call.peers.values()) count(peer);
      call.on("peer-joined", count);
    },
    { room, name, server },
  );
}

/** The last snapshot of the only peer. */
export async function lastSnapshot(page: Page): Promise<PeerSnapshot | undefined> {
  return page.evaluate(() => {
    const { call, stats } = window.desk;
    return stats.of([...call.peers.keys()][0] ?? "");
  });
}

/** The last that is known of a track that comes in. */
export async function received(
  page: Page,
  kind: string,
  source: string = "camera",
): Promise<ReceivedTrack | undefined> {
  const snapshot = await lastSnapshot(page);
  return snapshot?.received.find((track) => track.kind === kind && track.source === source);
}

export function sources(page: Page): Promise<string[] | undefined> {
  return page.evaluate(() =>
    [...window.desk.call.peers.values()][0]?.streams.map(({ source }) => source),
  );
}

export function toldOfRecording(page: Page): Promise<boolean | undefined> {
  return page.evaluate(() => [...window.desk.call.peers.values()][0]?.recording);
}

/** How many frames of video come in so many milliseconds. */
export function framesIn(page: Page, ms: number): Promise<number> {
  return page.evaluate(async (length) => {
    const decoded = async () => {
      const [peer] = [...window.desk.call.peers.values()];
      const report = [...((await peer?.pc.getStats())?.values() ?? [])];
      const rtp = report.filter(({ type, kind }) => type === "inbound-rtp" && kind === "video");
      return rtp.reduce((sum, { framesDecoded }) => sum + (framesDecoded ?? 0), 0);
    };
    const before = await decoded();
    await new Promise((resolve) => setTimeout(resolve, length));
    return (await decoded()) - before;
  }, ms);
}

/** Waits until a picture moves. */
export async function framesFlow(page: Page): Promise<void> {
  await expect.poll(() => framesIn(page, 300), PATIENCE).toBeGreaterThan(0);
}

export interface Probed {
  readonly duration: number;
  readonly kinds: readonly string[];
  readonly size: readonly (number | undefined)[];
  readonly frames: number;
  /** In dB; 0 is full scale. */
  readonly loudest: number;
}

const run = promisify(execFile);

/** What ffprobe and ffmpeg make of a file. */
export async function probe(path: string): Promise<Probed> {
  const entries = "stream=codec_type,width,height,nb_read_packets:format=duration";
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-count_packets", "-show_entries", entries, "-of", "json", path],
  ]);
  const { streams, format } = JSON.parse(stdout) as {
    streams: { codec_type: string; width?: number; height?: number; nb_read_packets: string }[];
    format: { duration: string };
  };
  const video = streams.find(({ codec_type }) => codec_type === "video");
  const { stderr } = await run("ffmpeg", [
    ...["-hide_banner", "-ss", "1", "-i", path, "-vn", "-af", "volumedetect", "-f", "null", "-"],
  ]);
  return {
    duration: Number(format.duration),
    kinds: streams.map(({ codec_type }) => codec_type).sort(),
    size: [video?.width, video?.height],
    frames: Number(video?.nb_read_packets),
    loudest: Number(/max_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]),
  };
}
