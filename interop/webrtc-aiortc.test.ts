import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  type RTCDataChannel,
  RTCPeerConnection,
  type RTCSessionDescriptionInit,
} from "../packages/webrtc/src/node/index.ts";
import { exchangeSizes, opened, receiveBulk, sendBulk } from "./support/channel-exchange.ts";

/** aiortc (Python, from Debian) against ours, over UDP on this machine. It tells all candidates at once. */

interface Told {
  readonly ready?: true;
  readonly closed?: string;
  readonly description?: RTCSessionDescriptionInit;
}

const endings: (() => unknown)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

class Aiortc {
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  #wake: () => void = () => {};

  constructor() {
    const path = fileURLToPath(new URL("support/aiortc_peer.py", import.meta.url));
    this.#child = spawn("/usr/bin/python3", [path], { stdio: ["pipe", "pipe", "ignore"] });
    endings.push(() => this.#child.kill("SIGKILL"));
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no stdout");
    createInterface({ input: stdout }).on("line", (line) => {
      this.#told.push(JSON.parse(line));
      this.#wake();
    });
  }

  tell(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async next(): Promise<Told> {
    for (;;) {
      const told = this.#told.shift();
      if (told !== undefined) return told;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async description(): Promise<RTCSessionDescriptionInit> {
    const { description } = await this.next();
    if (description === undefined) throw new Error("no description");
    return description;
  }
}

async function connect(who: "we" | "they"): Promise<{
  pc: RTCPeerConnection;
  aiortc: Aiortc;
  channel: RTCDataChannel;
}> {
  const aiortc = new Aiortc();
  const pc = new RTCPeerConnection();
  endings.push(() => pc.close());
  await aiortc.next();
  const gathered = async (): Promise<object | undefined> => {
    while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
    return pc.localDescription?.toJSON();
  };
  if (who === "we") {
    const channel = pc.createDataChannel("from us");
    await pc.setLocalDescription();
    aiortc.tell({ description: await gathered() });
    await pc.setRemoteDescription(await aiortc.description());
    await opened(channel);
    return { pc, aiortc, channel };
  }
  const announced = once(pc, "datachannel");
  aiortc.tell({ offer: true });
  await pc.setRemoteDescription(await aiortc.description());
  await pc.setLocalDescription();
  aiortc.tell({ description: await gathered() });
  const [{ channel }] = await announced;
  await opened(channel);
  return { pc, aiortc, channel };
}

describe.each(["we", "they"] as const)("%s offer", (who) => {
  it("messages go both ways, in bulk as well, and the channel closes", async () => {
    const { aiortc, channel } = await connect(who);
    await exchangeSizes(channel, [1, 100, 1200, 16_384, 65_536]);
    const received = receiveBulk(channel, 1_000_000);
    expect(await sendBulk(channel, 1_000_000)).toBe(await received);
    channel.close();
    await once(channel, "close");
    expect(await aiortc.next()).toEqual({ closed: channel.label });
  });

  it("aiortc's end is noticed", async () => {
    const { pc, aiortc, channel } = await connect(who);
    const closed = once(channel, "close");
    aiortc.tell({ close: true });
    await closed;
    await expect.poll(() => pc.sctp?.state).toBe("closed");
  });
});
