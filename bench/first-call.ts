/**
 * How long it takes from "join clicked" to the first picture of the other side, on one machine, and
 * where the time goes. Run: node bench/first-call.ts [ROUNDS]
 */
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../e2e/support/browser.ts";
import { startTincan } from "../e2e/support/server.ts";

type Mark = "described" | "ice" | "dtls" | "frame";

const rounds = Number(process.argv[2] ?? 20);
await using server = await startTincan();
const browser = await launchChromium();
try {
  const times: Record<Mark, number>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await measure(browser, `${server.url}/r/bench-${round}`));
    process.stdout.write(`\r${round + 1} of ${rounds}`);
  }
  const at = (mark: Mark): number => median(times.map((time) => time[mark]));
  process.stdout.write(`\n
From "join clicked" to the first remote picture, median of ${rounds}:
  signaling: a seat, and the other's description  ${ms(at("described"))}
  ICE: a way that works                           ${ms(at("ice") - at("described"))}
  DTLS: keys agreed                               ${ms(at("dtls") - at("ice"))}
  first picture decoded and shown                 ${ms(at("frame") - at("dtls"))}
  together                                        ${ms(at("frame"))}
`);
} finally {
  await browser.close();
}

async function measure(chromium: Browser, address: string): Promise<Record<Mark, number>> {
  const context = await chromium.newContext({ locale: "en" });
  try {
    const amy = await context.newPage();
    await amy.goto(`${address}?autojoin=1&name=Amy`);
    await amy.waitForFunction(() => (window as Marked).tincan?.call !== undefined);
    const bob = await context.newPage();
    await bob.addInitScript(markConnections);
    await bob.goto(address);
    const join = bob.getByRole("button", { name: "Join the call" });
    await bob.waitForFunction(() => document.querySelector("video")?.videoWidth);
    await join.evaluate((button: HTMLElement) => {
      button.addEventListener("click", () => {
        (window as Marked).startedAt = performance.now();
      });
    });
    await join.click();
    return await marksOf(bob);
  } finally {
    await context.close();
  }
}

async function marksOf(page: Page): Promise<Record<Mark, number>> {
  const handle = await page.waitForFunction(() => {
    const { marks, startedAt } = window as Marked;
    if (marks?.frame === undefined || startedAt === undefined) return undefined;
    return Object.fromEntries(
      Object.entries(marks).map(([mark, time]) => [mark, (time as number) - startedAt]),
    );
  });
  return (await handle.jsonValue()) as Record<Mark, number>;
}

type Marked = Window & {
  tincan?: { call?: unknown };
  startedAt?: number;
  marks?: Partial<Record<Mark, number>>;
};

/** Runs in the page before anything else: notes when its first connection gets where. */
function markConnections(): void {
  const page = window as Marked & { RTCPeerConnection: typeof RTCPeerConnection };
  const marks: Partial<Record<Mark, number>> = {};
  page.marks = marks;
  const mark = (name: Mark): void => {
    marks[name] ??= performance.now();
  };
  page.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("signalingstatechange", () => {
        if (this.remoteDescription !== null) mark("described");
      });
      this.addEventListener("iceconnectionstatechange", () => {
        if (/connected|completed/.test(this.iceConnectionState)) mark("ice");
      });
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") mark("dtls");
      });
      this.addEventListener("track", ({ track, streams: [stream] }) => {
        if (track.kind !== "video" || stream === undefined) return;
        const video = document.createElement("video");
        video.muted = true;
        video.srcObject = stream;
        video.requestVideoFrameCallback(() => mark("frame"));
        void video.play();
      });
    }
  };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]] as [number, number];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

function ms(time: number): string {
  return `${time.toFixed(0).padStart(5)} ms`;
}
