import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { type RunningTincan, startTincan } from "./support/server.ts";
import { TincanProcess } from "./support/tincan-process.ts";

let root: string;
let here: string;
let server: RunningTincan;
let browser: Browser;
let counted = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "tincan-send-test-"));
  [server, browser] = await Promise.all([startTincan(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

/** A folder of its own for each test; what is received goes into `out`. */
beforeEach(() => {
  counted += 1;
  here = join(root, String(counted));
  mkdirSync(here);
});

function tincan(args: readonly string[], input?: string | Uint8Array): TincanProcess {
  return new TincanProcess([...args, "--server", server.secureUrl], {
    cwd: here,
    ...(input !== undefined && { input }),
  });
}

function random(name: string, bytes: number): string {
  writeFileSync(join(here, name), randomBytes(bytes));
  return sha256(name);
}

function sha256(name: string): string {
  return createHash("sha256")
    .update(readFileSync(join(here, name)))
    .digest("hex");
}

function leftovers(): readonly string[] {
  return readdirSync(join(here, "out")).filter((name) => name.startsWith(".tincan"));
}

describe("from terminal to terminal", () => {
  it("goes a folder with all that is in it, beside what has its name", async () => {
    mkdirSync(join(here, "photos/summer"), { recursive: true });
    const hashes = [
      random("photos/a.jpg", 700_000),
      random("photos/summer/b.jpg", 262_144),
      random("photos/summer/empty", 0),
    ];
    mkdirSync(join(here, "out/photos"), { recursive: true });
    await using sender = tincan(["send", "photos", "--name", "Amy"]);
    await using receiver = tincan(["receive", await sender.code(), "--yes", "-o", "out"]);
    expect([await receiver.ended, receiver.stderr, await sender.ended]).toEqual([0, "", 0]);
    expect(readdirSync(join(here, "out/photos"))).toEqual([]);
    expect([
      sha256("out/photos (2)/a.jpg"),
      sha256("out/photos (2)/summer/b.jpg"),
      sha256("out/photos (2)/summer/empty"),
    ]).toEqual(hashes);
    const time = (name: string): number => Math.floor(statSync(join(here, name)).mtimeMs);
    expect(time("out/photos (2)/a.jpg")).toBe(time("photos/a.jpg"));
    expect(leftovers()).toEqual([]);
  });

  it("goes the standard input to the standard output, to a code that the receiver has made", async () => {
    const bytes = randomBytes(1_000_000);
    await using receiver = tincan(["receive", "--yes", "-o", "-"]);
    await using sender = tincan(["send", "-", "--to", await receiver.code()], bytes);
    expect([await sender.ended, await receiver.ended]).toEqual([0, 0]);
    expect(receiver.stdout.equals(bytes)).toBe(true);
  });

  it("goes nothing with a wrong code, which both are told in one line", async () => {
    random("secret", 1000);
    await using sender = tincan(["send", "secret"]);
    const wrong = (await sender.code()).replace(/\w+$/, (word) =>
      word === "zebra" ? "yacht" : "zebra",
    );
    await using receiver = tincan(["receive", wrong, "--yes", "-o", "out"]);
    expect([await receiver.ended, await sender.ended]).toEqual([1, 1]);
    for (const { stderr } of [sender, receiver]) {
      expect(stderr).toMatch(/^tincan: the codes are not the same, .*ask for a new code.*\n$/);
    }
    expect(existsSync(join(here, "out"))).toBe(false);
  });
});

describe("between a terminal and a page", () => {
  it("goes a file to the page that opens the link", async () => {
    random("report.pdf", 600_000);
    await using sender = tincan(["send", "report.pdf", "--name", "Amy"]);
    await using page = await open(`/receive#${await sender.code()}`);
    await page.getByText("Connected with Amy").waitFor();
    await page.getByText(/^From Amy · 600 kB/).waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save report.pdf" }).click(),
    ]);
    await download.saveAs(join(here, "saved.pdf"));
    expect(sha256("saved.pdf")).toBe(sha256("report.pdf"));
    expect(await sender.ended).toBe(0);
  });

  it("go files from the page to a terminal that prints the link", async () => {
    random("a.txt", 300_000);
    random("b.txt", 10);
    await using receiver = tincan(["receive", "--yes", "-o", "out"]);
    await using page = await open(`/send#${await receiver.code()}`);
    await page.getByText("nobody sits in between").waitFor();
    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles([join(here, "a.txt"), join(here, "b.txt")]);
    await page.getByText("complete and verified").waitFor();
    expect([await receiver.ended, receiver.stderr]).toEqual([0, ""]);
    expect([sha256("out/a.txt"), sha256("out/b.txt")]).toEqual([sha256("a.txt"), sha256("b.txt")]);
  });

  it("goes a file to a terminal with the code that the page shows, and a wrong code is told", async () => {
    random("a.txt", 100);
    await using page = await open("/send");
    const code = await page.locator(".transfer-code").innerText();
    await using stranger = tincan(["receive", `${code.slice(0, 5)}zebra-zebra-zebra`, "--yes"]);
    expect(await stranger.ended).toBe(1);
    await page.getByText("The codes are not the same").waitFor();
    await page.getByRole("button", { name: "Begin again" }).click();
    const next = await page.locator(".transfer-code").innerText();
    await using receiver = tincan(["receive", next, "--yes", "-o", "out"]);
    await page.getByText("nobody sits in between").waitFor();
    await page.locator("input[type=file]").first().setInputFiles(join(here, "a.txt"));
    expect(await receiver.ended).toBe(0);
    expect(sha256("out/a.txt")).toBe(sha256("a.txt"));
  });
});

describe("a break", () => {
  // The last test: it takes the server away.
  it("goes on when the receiver is ended and started again, and without the server", async () => {
    const hash = random("big", 12_000_000);
    await using sender = tincan(["send", "big"]);
    const code = await sender.code();
    const part = (): string | undefined =>
      existsSync(join(here, "out"))
        ? readdirSync(join(here, "out")).find((name) => name.endsWith(".part"))
        : undefined;
    const sizeOfPart = (): number => {
      const name = part();
      return name === undefined ? 0 : statSync(join(here, "out", name)).size;
    };
    await using first = tincan(["receive", code, "--yes", "-o", "out"]);
    await vi.waitUntil(() => sizeOfPart() > 2_000_000, { timeout: 40_000, interval: 5 });
    first.child.kill("SIGINT");
    expect([await first.ended, first.stderr]).toEqual([130, ""]);
    const { ino, size } = statSync(join(here, "out", part() as string));
    expect(size).toBeLessThan(12_000_000);

    await using second = tincan(["receive", code, "--yes", "-o", "out"]);
    await vi.waitUntil(() => sizeOfPart() > size || existsSync(join(here, "out/big")), {
      timeout: 40_000,
      interval: 5,
    });
    await server.stop("SIGKILL");
    expect([await second.ended, second.stderr]).toEqual([0, ""]);
    expect(await sender.ended).toBe(0);
    // It is the file that the first one began.
    expect(statSync(join(here, "out/big")).ino).toBe(ino);
    expect(sha256("out/big")).toBe(hash);
    expect(leftovers()).toEqual([]);
  }, 120_000);
});

async function open(path: string): Promise<Page> {
  const page = await browser.newPage();
  // Where a browser has no dialog for saving, files wait behind a link; the dialog is the system's own.
  await page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
  await page.goto(server.url + path);
  return page;
}
