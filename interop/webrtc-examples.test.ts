import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { launchChromium } from "../e2e/support/browser.ts";
import { RTCPeerConnection } from "../packages/webrtc/src/node/index.ts";
import { exchangeSizes, opened } from "./support/channel-exchange.ts";

/** The examples do what they say. */

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

it("echo-peer sends back what it is sent", async () => {
  const child = run("echo-peer/echo-peer.ts");
  const pc = new RTCPeerConnection();
  endings.push(() => pc.close());
  const tell = (message: object): void => {
    child.stdin?.write(`${JSON.stringify(message)}\n`);
  };
  pc.onicecandidate = ({ candidate }) => candidate && tell({ candidate });
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on(
    "line",
    async (line) => {
      const { description, candidate } = JSON.parse(line);
      if (description) await pc.setRemoteDescription(description);
      if (candidate) await pc.addIceCandidate(candidate);
    },
  );
  const channel = pc.createDataChannel("chat");
  const offer = await pc.createOffer();
  tell({ description: offer });
  await pc.setLocalDescription(offer);
  await opened(channel);
  await exchangeSizes(channel, [1, 1000, 100_000]);
});

it("data-channel talks with a page", async () => {
  const child = run("data-channel/server.ts", "0");
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  const { port } = JSON.parse(String(line));
  const browser = await launchChromium();
  endings.push(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByText("open").waitFor();
  await page.getByPlaceholder("Say something").fill("hello");
  await page.getByPlaceholder("Say something").press("Enter");
  await page.getByText("You said: hello").waitFor();
  expect(await page.locator("#log").textContent()).toBe("open\nYou said: hello\n");
});

it("dtls-over-udp carries a message between two sockets, and a goodbye", async () => {
  const child = run("dtls/dtls-over-udp.ts");
  const said = await text(child.stdout as NonNullable<typeof child.stdout>);
  expect(said.split("\n").slice(2)).toEqual([
    "server: received hello",
    "server: closed",
    "client: closed-by-peer",
    "",
  ]);
});

function run(example: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`../examples/${example}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  endings.push(() => child.kill());
  return child;
}
