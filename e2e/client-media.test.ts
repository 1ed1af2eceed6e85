import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Resolution } from "@tincan/client/devices";
import type { CallStats } from "@tincan/client/stats";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/browser.ts";
import {
  enter,
  framesFlow,
  framesIn,
  lastSnapshot,
  openDesk,
  PATIENCE,
  probe,
  received,
  sources,
  toldOfRecording,
} from "./support/media-desk.ts";
import { type SdkSite, startSdkSite } from "./support/sdk-site.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";

const folder = mkdtempSync(join(tmpdir(), "tincan-media-"));
const ROOM = "media-e2e";

let site: SdkSite;
let server: RunningTincan;
let browser: Browser;
let amy: Page;
let bob: Page;

beforeAll(async () => {
  // The second of Chromium's fake cameras shows depth, which no encoder takes; the third is one like the first.
  const cameras = "--use-fake-device-for-media-stream=device-count=3";
  [site, browser] = await Promise.all([startSdkSite(), launchChromium([cameras])]);
  server = await startTincan(["--allow-origin", site.origin]);
  const open = async () => openDesk(await browser.newContext(), site.origin);
  [amy, bob] = await Promise.all([open(), open()]);
  await enter(amy, server.url, ROOM, "Amy");
  await enter(bob, server.url, ROOM, "Bob");
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe("devices", () => {
  test("another camera takes over without a frozen picture, and without a negotiation", async () => {
    await Promise.all([amy, bob].map((page) => framesFlow(page)));
    const swap = await amy.evaluate(async () => {
      const { devices, call } = window.desk;
      const before = devices.video.applied?.deviceId;
      window.desk.negotiations = 0;
      const other = devices.video.choices.find(({ label }) => label === "fake_device_2");
      const [peer] = [...call.peers.values()];
      const sender = peer?.pc.getSenders().find(({ track }) => track?.kind === "video");
      if (sender === undefined) throw new Error("no picture is sent");
      // A picture stands still for as long as what is sent is no live track: when one ends before the other is in.
      const sent: unknown[] = [];
      const replaceTrack = sender.replaceTrack.bind(sender);
      sender.replaceTrack = async (track) => {
        sent.push([sender.track?.readyState, track?.readyState]);
        await replaceTrack(track);
        sent.push([sender.track === track, track?.readyState]);
      };
      await devices.video.choose(other?.deviceId);
      const now = devices.video.applied?.deviceId;
      while (sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      const { negotiations } = window.desk;
      return { before, other: other?.deviceId, now, negotiations, sent };
    });
    expect(swap.other).toBeDefined();
    expect(swap.now).toBe(swap.other);
    expect(swap.now).not.toBe(swap.before);
    expect(swap.negotiations).toBe(0);
    expect(swap.sent).toEqual([
      ["live", "live"],
      [true, "live"],
    ]);
    await framesFlow(bob);
  });

  test("what the browser applied is told, and follows the settings", async () => {
    const applied = await amy.evaluate(async () => {
      const { devices } = window.desk;
      await devices.changeCamera({ resolution: "720p", frameRate: 15, fit: "exact" });
      await devices.changeMicrophone({ echoCancellation: false });
      const { width, height, frameRate } = devices.video.applied ?? {};
      const { echoCancellation } = devices.audio.applied ?? {};
      const heard = devices.audio.track?.getSettings().echoCancellation;
      return { width, height, frameRate, echoCancellation, heard };
    });
    expect(applied).toEqual({
      ...{ width: 1280, height: 720, frameRate: 15 },
      ...{ echoCancellation: false, heard: false },
    });
    const sent = async () => (await lastSnapshot(amy))?.sent.find(({ kind }) => kind === "video");
    await expect.poll(async () => (await sent())?.sourceHeight, PATIENCE).toBe(720);
    await amy.evaluate(() =>
      window.desk.devices.changeCamera({ resolution: "360p", frameRate: 15, fit: "ideal" }),
    );
    await expect.poll(async () => (await sent())?.sourceHeight, PATIENCE).toBe(360);
  });

  test("a camera held to exactly 360p is raised to 720p again, and the other sees it", async () => {
    const hold = async (resolution: Resolution): Promise<number | undefined> => {
      return amy.evaluate(async (wanted) => {
        const { devices } = window.desk;
        await devices.changeCamera({ resolution: wanted, frameRate: 15, fit: "exact" });
        return devices.video.track?.getSettings().height;
      }, resolution);
    };
    const seen = async () => (await received(bob, "video"))?.height ?? 0;
    expect(await hold("360p")).toBe(360);
    await expect.poll(seen, PATIENCE).toBe(360);
    expect(await hold("720p")).toBe(720);
    // Encoders that find the machine slow send less than the whole of it.
    await expect.poll(seen, PATIENCE).toBeGreaterThan(360);
    await amy.evaluate(() =>
      window.desk.devices.changeCamera({ resolution: "360p", fit: "ideal" }),
    );
    await expect.poll(seen, PATIENCE).toBe(360);
  });
});

describe("a screen", () => {
  test("is seen next to the camera, each with its resolution", async () => {
    await amy.evaluate(async () => {
      window.desk.screen = await window.desk.screenOf.shareScreen(window.desk.call);
    });
    const pictures = async () => {
      await bob.evaluate(() => window.desk.stats.sample());
      const snapshot = await lastSnapshot(bob);
      return snapshot?.received
        .filter(({ kind, fps, height }) => kind === "video" && (fps ?? 0) > 0 && height)
        .map(({ source }) => source)
        .sort();
    };
    await expect.poll(pictures, PATIENCE).toEqual(["camera", "screen"]);
    const captured = await amy.evaluate(() => {
      const [track] = window.desk.screen?.stream.getVideoTracks() ?? [];
      return { height: track?.getSettings().height, contentHint: track?.contentHint };
    });
    expect(captured.contentHint).toBe("text");
    // Sharp: as high as it was captured, whatever the way makes of its frames.
    await expect
      .poll(async () => (await received(bob, "video", "screen"))?.height, PATIENCE)
      .toBe(captured.height);
    const parameters = await amy.evaluate(() => {
      const { call, screen } = window.desk;
      const [peer] = [...call.peers.values()];
      const [track] = screen?.stream.getVideoTracks() ?? [];
      const sender = peer?.pc.getSenders().find((one) => one.track === track);
      return sender?.getParameters();
    });
    expect(parameters?.degradationPreference).toBe("maintain-resolution");
    expect(parameters?.encodings[0]?.maxBitrate).toBe(2_500_000);
  });

  test("goes when the browser's own bar ends it", async () => {
    const reason = await amy.evaluate(
      () =>
        new Promise((resolve) => {
          const { screen } = window.desk;
          screen?.on("ended", resolve);
          // What the bar does: the track ends, and nobody has called stop().
          screen?.stream.getVideoTracks()[0]?.dispatchEvent(new Event("ended"));
        }),
    );
    expect(reason).toBe("by-browser");
    await expect.poll(() => sources(bob), PATIENCE).toEqual(["camera"]);
    const left = await amy.evaluate(() => ({
      published: window.desk.call.publications.map(({ source }) => source),
      states: window.desk.screen?.stream.getTracks().map(({ readyState }) => readyState),
    }));
    expect(left.published).toEqual(["camera"]);
    expect(new Set(left.states)).toEqual(new Set(["ended"]));
  });
});

describe("statistics", () => {
  test("say what getStats says", async () => {
    const { raw, snapshot, cameraId } = await bob.evaluate(async () => {
      const { call, stats } = window.desk;
      const [peer] = [...call.peers.values()] as [import("@tincan/client").Peer];
      const { pc } = peer;
      // One report for both, so that the numbers are the same or wrong.
      // The screen of before may have left an idle stream behind.
      const camera = stats
        .of(peer.id)
        ?.received.find(({ kind, source }) => kind === "video" && source === "camera");
      const before = await pc.getStats();
      const shown = (report: RTCStatsReport) =>
        [...report.values()].find(({ id }) => id === camera?.id)?.jitterBufferEmittedCount ?? 0;
      let after = before;
      while (shown(after) < shown(before) + 3) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        after = await pc.getStats();
      }
      for (const report of [before, after]) {
        pc.getStats = async () => report;
        await stats.sample();
      }
      Reflect.deleteProperty(pc, "getStats");
      const list = (report: RTCStatsReport) => [...report.values()];
      const snapshot = stats.of(peer.id);
      return { raw: [list(before), list(after)], snapshot, cameraId: camera?.id };
    });
    const [before = [], after = []] = raw;
    const find = (report: typeof before, type: string, kind?: string) =>
      report.find((stat) => stat.type === type && stat.kind === kind);
    const rtp = after.find(({ id }) => id === cameraId);
    const was = before.find(({ id }) => id === cameraId);
    const codec = after.find(({ id }) => id === rtp.codecId);
    const seconds = (rtp.timestamp - was.timestamp) / 1000;
    expect(snapshot?.received.find(({ id }) => id === cameraId)).toMatchObject({
      codec: { mimeType: codec.mimeType, payloadType: codec.payloadType },
      width: rtp.frameWidth,
      height: rtp.frameHeight,
      fps: rtp.framesPerSecond,
      framesDecoded: rtp.framesDecoded,
      packets: rtp.packetsReceived,
      packetsLost: rtp.packetsLost,
      jitterMs: rtp.jitter * 1000,
      decoder: rtp.decoderImplementation,
      bitrateBps: expect.closeTo(((rtp.bytesReceived - was.bytesReceived) * 8) / seconds),
      jitterBufferDelayMs: expect.closeTo(
        ((rtp.jitterBufferDelay - was.jitterBufferDelay) * 1000) /
          (rtp.jitterBufferEmittedCount - was.jitterBufferEmittedCount),
      ),
    });
    const out = find(after, "outbound-rtp", "video");
    expect(snapshot?.sent.find(({ kind }) => kind === "video")).toMatchObject({
      encoder: out.encoderImplementation,
      qualityLimitation: out.qualityLimitationReason,
      framesSent: out.framesSent,
    });
    const transport = find(after, "transport");
    const pair = after.find(({ id }) => id === transport.selectedCandidatePairId);
    const local = after.find(({ id }) => id === pair.localCandidateId);
    expect(snapshot?.connection).toMatchObject({
      local: { type: local.candidateType, protocol: local.protocol, address: local.address },
      relay: "none",
      rttMs: pair.currentRoundTripTime * 1000,
      availableOutgoingBps: pair.availableOutgoingBitrate,
      srtpCipher: transport.srtpCipher,
    });
    const audio = find(after, "inbound-rtp", "audio");
    expect(snapshot?.received.find(({ kind }) => kind === "audio")).toMatchObject({
      concealedSamples: audio.concealedSamples,
      codec: { mimeType: "audio/opus" },
    });
  });

  test("are kept for graphs, judged, and exported without addresses", async () => {
    const graphs = () =>
      bob.evaluate(() => {
        const { call, stats } = window.desk;
        return stats.history([...call.peers.keys()][0] ?? "");
      });
    await expect.poll(async () => (await graphs())?.atMs.length, PATIENCE).toBeGreaterThan(2);
    // The report that the test before showed twice has no time in it, so its rate is a gap.
    await expect
      .poll(async () => (await graphs())?.receivedBps.at(-1) ?? 0, PATIENCE)
      .toBeGreaterThan(10_000);
    const { quality, text } = await bob.evaluate(() => {
      const { call, stats } = window.desk;
      const [id = ""] = [...call.peers.keys()];
      return { quality: stats.of(id)?.quality, text: stats.export() };
    });
    expect(quality?.level).toBeGreaterThanOrEqual(1);
    const exported = JSON.parse(text);
    expect(exported.peers[0].last.connection.local.type).toBe("host");
    expect(text).not.toContain('"address"');
  });

  test("a weak link gets a smaller picture, then none, and the whole one back", async () => {
    const drive = (seconds: number, lossRatio: number) =>
      amy.evaluate(
        ([length, loss]) => {
          const { call, statsOf } = window.desk;
          const [peer] = [...call.peers.values()];
          const state = (window as unknown as { weak: Weak }).weak ?? newWeak();
          (window as unknown as { weak: Weak }).weak = state;
          for (const end = state.atMs + length * 1_000; state.atMs < end; state.atMs += 2_000) {
            state.listener?.({
              peer,
              snapshot: {
                state: "connected",
                atMs: state.atMs,
                connection: { rttMs: 20, availableOutgoingBps: 3_000_000 },
                sent: [{ lossRatio: loss }],
              },
            });
          }
          return state.links.indexOf(peer?.id ?? "");

          interface Weak {
            atMs: number;
            listener?: (detail: unknown) => void;
            links: InstanceType<typeof statsOf.WeakLinks>;
          }
          function newWeak(): Weak {
            const weak: Partial<Weak> = { atMs: 0 };
            const samples = {
              on: (_: string, listener: (detail: unknown) => void) => {
                weak.listener = listener;
                return () => {};
              },
            };
            weak.links = new statsOf.WeakLinks(call, samples as unknown as CallStats);
            return weak as Weak;
          }
        },
        [seconds, lossRatio] as const,
      );
    await drive(10, 0);
    expect(await drive(6, 0.3)).toBe(1);
    await expect
      .poll(async () => (await received(bob, "video"))?.height, PATIENCE)
      .toBeLessThanOrEqual(240);
    expect(await drive(20, 0.3)).toBe(4);
    await expect.poll(() => framesIn(bob, 600), PATIENCE).toBe(0);
    expect((await received(bob, "audio"))?.idle).toBe(false);
    expect(await drive(60, 0)).toBe(0);
    await framesFlow(bob);
    await expect.poll(async () => (await received(bob, "video"))?.height, PATIENCE).toBe(360);
  });
});

describe("a recording", () => {
  test.each(["webm", "mp4"] as const)(
    "as %s has the right duration, can be jumped in, and is told of",
    async (container) => {
      const recording = await amy.evaluateHandle((wanted) => {
        const { call, recordingOf } = window.desk;
        const [peer = ""] = [...call.peers.keys()];
        return recordingOf.startRecording(call, {
          container: wanted,
          // Once both sides, once only the other one, whose sound has come over the network.
          sides: wanted === "webm" ? "all" : { peer },
          width: 640,
          height: 360,
          partMs: 500,
        });
      }, container);
      expect(await recording.evaluate((one) => one.container)).toBe(container);
      await expect.poll(() => toldOfRecording(bob), PATIENCE).toBe(true);
      await amy.waitForTimeout(container === "webm" ? 4_000 : 2_500);
      const { file, elapsedMs, playback } = await recording.evaluate(async (one) => {
        const [done] = await one.stop();
        if (done === undefined) throw new Error("nothing was recorded");
        const { blob, ...rest } = done;
        const video = document.createElement("video");
        video.src = URL.createObjectURL(blob);
        await new Promise((resolve) => video.addEventListener("loadedmetadata", resolve));
        video.currentTime = 1.5;
        await new Promise((resolve) => video.addEventListener("seeked", resolve));
        const base64 = await new Promise<string>((resolve) => {
          const reader = new FileReader();
          reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
          reader.readAsDataURL(blob);
        });
        const playback = { duration: video.duration, at: video.currentTime };
        await done.discard();
        return { file: { ...rest, base64 }, elapsedMs: one.elapsedMs, playback };
      });
      await expect.poll(() => toldOfRecording(bob), PATIENCE).toBe(false);
      expect(file).toMatchObject({ type: `video/${container}`, seekable: true });
      expect(file.name).toMatch(new RegExp(`^media-e2e .*\\.${container}$`));
      const seconds = elapsedMs / 1000;
      expect(playback.at).toBeCloseTo(1.5, 1);
      expect(Math.abs(playback.duration - seconds)).toBeLessThan(0.5);
      const path = join(folder, `mixed.${container}`);
      writeFileSync(path, Buffer.from(file.base64, "base64"));
      const probed = await probe(path);
      expect(Math.abs(probed.duration - seconds)).toBeLessThan(0.5);
      expect(probed.kinds).toEqual(["audio", "video"]);
      expect(probed.size).toEqual([640, 360]);
      expect(probed.frames).toBeGreaterThan(seconds * 5);
      // The fake microphones beep.
      expect(probed.loudest).toBeGreaterThan(-40);
    },
  );

  test("of a tab that is gone is found again, and finished", async () => {
    const page = await openDesk(amy.context(), site.origin);
    await enter(page, server.url, "media-crash", "Cara");
    await page.evaluate(async () => {
      const small = { partMs: 500, width: 320, height: 180 };
      await window.desk.recordingOf.startRecording(window.desk.call, small);
    });
    await expect
      .poll(
        () =>
          page.evaluate(async () => {
            const root = await navigator.storage.getDirectory();
            const folder = await root.getDirectoryHandle("tincan-recordings");
            let parts = 0;
            const walk = async (handle: FileSystemDirectoryHandle): Promise<void> => {
              const list = handle as unknown as AsyncIterable<[string, FileSystemHandle]>;
              for await (const [name, entry] of list) {
                if (entry.kind === "directory") await walk(entry as FileSystemDirectoryHandle);
                else if (name.startsWith("part-")) parts += 1;
              }
            };
            await walk(folder);
            return parts;
          }),
        PATIENCE,
      )
      .toBeGreaterThan(3);
    await page.close();
    const found = await amy.evaluate(async () => {
      const { finishRecording, privateFileStore } = window.desk.recordingOf;
      let leftovers = await privateFileStore.leftovers();
      // A browser takes a moment to see that a tab is gone.
      for (const end = performance.now() + 5_000; performance.now() < end; ) {
        if (leftovers.length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
        leftovers = await privateFileStore.leftovers();
      }
      const files = await Promise.all(leftovers.map((parts) => finishRecording(parts)));
      for (const file of files) await file.discard();
      const left = await privateFileStore.leftovers();
      return {
        left: left.length,
        files: files.map(({ seekable, durationSeconds }) => ({ seekable, durationSeconds })),
      };
    });
    expect(found.files).toHaveLength(1);
    expect(found.files[0]?.seekable).toBe(true);
    expect(found.files[0]?.durationSeconds).toBeGreaterThan(1);
    expect(found.left).toBe(0);
  });

  test("per track has a file for each", async () => {
    const files = await amy.evaluate(async () => {
      const { recordingOf, call } = window.desk;
      const options = { perTrack: true, partMs: 500, store: recordingOf.memoryStore() };
      const recording = await recordingOf.startRecording(call, options);
      await new Promise<void>((resolve) => {
        let parts = 0;
        recording.on("progress", () => {
          parts += 1;
          if (parts === 16) resolve();
        });
      });
      const done = await recording.stop();
      return done.map(({ name, type, durationSeconds }) => ({ name, type, durationSeconds }));
    });
    expect(files.map(({ type }) => type).sort()).toEqual([
      ...["audio/webm", "audio/webm", "video/webm", "video/webm"],
    ]);
    expect(files.filter(({ name }) => name.includes("Bob"))).toHaveLength(2);
    for (const { durationSeconds } of files) expect(durationSeconds).toBeGreaterThan(0.5);
  });
});

test("both sides show the same five signs, of the certificates that they use", async () => {
  const signs = (page: Page) =>
    page.evaluate(() => {
      const { call, verification } = window.desk;
      return verification.of([...call.peers.keys()][0] ?? "");
    });
  await expect.poll(async () => (await signs(amy))?.length, PATIENCE).toBe(5);
  expect(await signs(bob)).toEqual(await signs(amy));
});

test("each example runs", async () => {
  const expected = {
    devices: /640|1280/,
    screen: /^Nobody else is here/,
    connection: /^Waiting for others/,
    recording: /^Ready/,
    verify: /^Read the signs/,
  };
  const context = await browser.newContext();
  const runs = Object.entries(expected).map(async ([name, words]) => {
    const page = await context.newPage();
    const query = new URLSearchParams({ server: server.url, room: `example-${name}` });
    await page.goto(`${site.origin}/examples/${name}/?${query}`);
    await expect.poll(() => page.locator("#status").textContent(), PATIENCE).toMatch(words);
  });
  await Promise.all(runs);
  await context.close();
});
