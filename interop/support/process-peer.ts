import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type {
  RTCIceCandidateInit,
  RTCSessionDescriptionInit,
} from "../../packages/webrtc/src/node/index.ts";
import type { OtherPeer, OtherPeerOptions } from "./other-peer.ts";

interface Told {
  readonly ready?: true;
  readonly closed?: string;
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
}

/** A peer in Python, from Debian's packages, spoken to by lines of JSON. */
export class ProcessPeer implements OtherPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #told: Told[] = [];
  #wake: () => void = () => {};
  readonly addCandidate?: (candidate: RTCIceCandidateInit) => void;

  private constructor(script: string, options: OtherPeerOptions, trickles: boolean) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#child = spawn("/usr/bin/python3", [path], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const told: Told = JSON.parse(line);
      if (told.candidate !== undefined) options.onCandidate(told.candidate);
      else this.#told.push(told);
      this.#wake();
    });
    if (trickles) this.addCandidate = (candidate) => this.#tell({ candidate });
  }

  /** Starts a script of this folder, and its connection. */
  static async start(
    script: string,
    options: OtherPeerOptions,
    { trickles }: { readonly trickles: boolean },
  ): Promise<ProcessPeer> {
    const peer = new ProcessPeer(script, options, trickles);
    await peer.#next("ready");
    peer.#tell({ start: { servers: options.servers, is_relayed: options.isRelayed } });
    return peer;
  }

  createChannel(label: string): void {
    this.#tell({ channel: label });
  }

  offer(): Promise<RTCSessionDescriptionInit> {
    this.#tell({ offer: true });
    return this.#next("description");
  }

  answer(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    this.#tell({ description: offer });
    return this.#next("description");
  }

  async accept(answer: RTCSessionDescriptionInit): Promise<void> {
    this.#tell({ description: answer });
  }

  send(size: number): void {
    this.#tell({ send: size });
  }

  closeChannel(): void {
    this.#tell({ closeChannel: true });
  }

  channelClosed(): Promise<string> {
    return this.#next("closed");
  }

  close(): void {
    this.#tell({ close: true });
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #tell(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Waits until it has told that, whatever else it has told. */
  async #next<Key extends keyof Told>(key: Key): Promise<NonNullable<Told[Key]>> {
    for (;;) {
      const at = this.#told.findIndex((told) => told[key] !== undefined);
      const value = at < 0 ? undefined : this.#told.splice(at, 1)[0]?.[key];
      if (value !== undefined) return value as NonNullable<Told[Key]>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
