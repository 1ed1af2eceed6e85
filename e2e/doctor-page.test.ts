import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./support/browser.ts";
import { axeFindings } from "./support/call-page.ts";
import { meetingHost, readDoctor, visitDoctor } from "./support/doctor-visit.ts";
import { FaultyServers } from "./support/faulty-servers.ts";
import { startTincan } from "./support/server.ts";

// The page /doctor in Chromium: green on a good server, and the name of one fault made on purpose; the others are
// in e2e/long. One browser for all: most of a visit is waiting for what does not answer.

const VISIT_MS = 100_000;

/** The doctor calls a camera slow that has fewer than eight pictures a second. */
const CAMERA = "--use-fake-device-for-media-stream=fps=20";

let servers: FaultyServers;
let browser: Browser;

beforeAll(async () => {
  [servers, browser] = await Promise.all([
    FaultyServers.start(meetingHost()),
    launchChromium([CAMERA]),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await servers?.[Symbol.asyncDispose]();
});

describe("the page of the doctor", () => {
  test("is green on a good server, over every transport, and can be read by everybody", {
    timeout: VISIT_MS,
  }, async () => {
    const context = await browser.newContext({ locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(servers.goodUrl);
    await page.getByRole("link", { name: "Test this connection" }).click();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator('.doctor[data-phase="done"]').waitFor({ timeout: VISIT_MS });

    const { status, cause, checks, text } = await readDoctor(page);
    expect([status, cause]).toEqual(["good", null]);
    expect(text).toContain("Calls work from here");
    expect(Object.entries(checks).filter(([, how]) => how !== "good")).toEqual([]);
    for (const transport of ["turn-udp", "turn-tcp", "turn-tls"]) {
      const line = page.locator(`[data-check="${transport}"]`);
      expect(await line.textContent()).toContain("bytes echoed");
    }
    const relayed = page.locator(".matrix tbody tr").nth(2);
    expect(await relayed.locator('td[data-state="connected"]').count()).toBe(3);

    await gatherByHand(page, servers);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeFindings(page)]).toEqual([colorScheme, []]);
    }

    // Of devices it is told where they were tested, and the report gives no address away.
    const test = page.getByRole("button", { name: "Test the camera" });
    const camera = page.locator('.result[data-check="camera"]');
    const look = async (): Promise<string | null> => {
      await test.click();
      // It says that it looks meanwhile.
      await test.waitFor();
      return camera.getAttribute("data-status");
    };
    // A machine that is busy may draw few of the pictures that come while the doctor looks.
    await expect.poll(look, { timeout: 60_000 }).toBe("good");
    await page.getByRole("button", { name: "Test the microphone" }).click();
    await page.locator('[data-check="microphone"]').waitFor();
    expect((await readDoctor(page)).checks.microphone).not.toBe("fault");
    await page.locator("audio").waitFor();
    await page.getByRole("button", { name: "Play a tone" }).click();
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.locator('.verdict[data-cause="speaker-silent"]').waitFor();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the report" }).click();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toContain("TURN over TLS");
    expect(report).not.toContain(servers.host);
    await context.close();
  });

  test("is green on a server as it comes, whose relays reach nothing on its own machine", {
    timeout: VISIT_MS,
  }, async () => {
    await using plain = await startTincan();
    const { status, cause, checks } = await visitDoctor(browser, plain.url);
    expect([status, cause, checks["relay-ports"]]).toEqual(["good", null, "skipped"]);
  });

  test.concurrent.each([
    ["camera", "camera-black", "blackCamera"],
    ["camera", "camera-frozen", "frozenCamera"],
    ["camera", "camera-slow", "slowCamera"],
    ["microphone", "microphone-silent", "silentMicrophone"],
    ["microphone", "microphone-clipping", "loudMicrophone"],
    ["camera", "camera-denied", "deniedCamera"],
  ] as const)("tests the %s and names %s", async (device, cause, fault) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(spoilDevices, fault);
    await page.goto(new URL("/doctor?lang=en", servers.goodUrl).href);
    await page.getByRole("button", { name: `Test the ${device}` }).click();
    await page.locator(`.result[data-check="${device}"]`).waitFor();
    expect(await readDoctorWhenShown(page)).toBe(cause);
    await context.close();
  });
});

// Each waits for something that never answers, and waits for itself.
describe.concurrent("a fault made on purpose is named on the page", () => {
  test("wrong secret", { timeout: VISIT_MS }, async () => {
    const turnUrl = [servers.turn(servers.turnPort, "udp"), servers.turn(servers.turnPort, "tcp")];
    const url = await servers.serve({ turnUrl, turnSecret: "another secret altogether" });
    expect((await visitDoctor(browser, url)).cause).toBe("turn-secret-wrong");
  });

  test("no WebRTC", { timeout: VISIT_MS }, async () => {
    const { cause, checks } = await visitDoctor(browser, servers.goodUrl, () => {
      for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"]) {
        Reflect.deleteProperty(window, name);
      }
    });
    expect(cause).toBe("no-webrtc");
    // What does not need it is examined all the same.
    expect(checks).toMatchObject({ signaling: "good", resume: "good" });
    expect(checks).not.toHaveProperty("local");
  });

  test("WebRTC that may not name an address", { timeout: VISIT_MS }, async () => {
    const policy = "--webrtc-ip-handling-policy=disable_non_proxied_udp";
    const restricted = await launchChromium([policy]);
    try {
      const { cause } = await visitDoctor(restricted, servers.goodUrl);
      expect(cause).toBe("webrtc-restricted");
    } finally {
      await restricted.close();
    }
  });

  test("a seat that is not given back, and a path that does not change", {
    timeout: VISIT_MS,
  }, async () => {
    const { cause, checks, text } = await visitDoctor(browser, servers.goodUrl, () => {
      // The server gets another token than it gave.
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        const isText = typeof data === "string";
        send.call(this, isText ? data.replace(/"resume":"..../, '"resume":"AAAA') : data);
      };
      RTCPeerConnection.prototype.restartIce = () => {};
    });
    expect(cause).toBe("resume-broken");
    expect(text).toContain("changes its path does not come back");
    expect(checks).toMatchObject({ resume: "fault", "ice-restart": "fault", throughput: "good" });
  });

  test("a slow and rough line", { timeout: VISIT_MS }, async () => {
    const port = await servers.turnProxyOnRoughLine();
    const url = await servers.foreign(servers.turn(port, "udp"));
    const { status, cause, checks, text } = await visitDoctor(browser, url);
    expect([status, cause]).toEqual(["warning", "slow-line"]);
    expect(text).toContain("The line is rough");
    expect(checks).toMatchObject({ line: "warning", "ice-restart": "good" });
  });
});

/** The cause, also where nothing but a device was tested. */
async function readDoctorWhenShown(page: Page): Promise<string | null> {
  return page.locator(".verdict").getAttribute("data-cause");
}

async function gatherByHand(page: Page, { host, turnPort }: FaultyServers): Promise<void> {
  await page.getByRole("heading", { name: "Gathering candidates" }).click();
  const field = page.getByRole("textbox", { name: "STUN or TURN URL" });
  await field.fill("turn.example.org");
  await field.press("Enter");
  await page.getByText("Begin with stun:").waitFor();
  await field.fill(`turn:${host}:${turnPort}?transport=tcp`);
  await page.getByRole("textbox", { name: "User name" }).fill("nobody");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Gather" }).click();
  await page.getByText("Done after").waitFor();
  await page.getByText("User name or password is wrong").first().waitFor();
}

/** Runs in the page before it: devices with faults that no flag of Chromium's makes. */
function spoilDevices(fault: string): void {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 240];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const picture = (framesPerSecond: number, ...colours: readonly string[]): MediaStream => {
    let count = 0;
    const paint = (): void => {
      context.fillStyle = colours[count % colours.length] as string;
      context.fillRect(0, 0, 320, 240);
      count += 1;
    };
    paint();
    setInterval(paint, 1000 / framesPerSecond);
    return canvas.captureStream(framesPerSecond);
  };
  const sound = (gain: number): MediaStream => {
    const audio = new AudioContext();
    const out = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio);
    tone.connect(new GainNode(audio, { gain })).connect(out);
    tone.start();
    return out.stream;
  };
  const devices: Record<string, () => MediaStream> = {
    blackCamera: () => picture(20, "black"),
    frozenCamera: () => picture(20, "teal"),
    slowCamera: () => picture(3, "teal", "gold"),
    silentMicrophone: () => sound(0),
    loudMicrophone: () => sound(8),
    deniedCamera: () => {
      throw new DOMException("Permission denied", "NotAllowedError");
    },
  };
  navigator.mediaDevices.getUserMedia = async () => (devices[fault] as () => MediaStream)();
  // What is refused although it is granted was refused by the system; here it is the site.
  navigator.permissions.query = async () => ({ state: "denied" }) as PermissionStatus;
}
