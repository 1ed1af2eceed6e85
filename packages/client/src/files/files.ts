import "../disposable.ts";
import type { Call } from "../call/call.ts";
import type { Channel } from "../channel/channel.ts";
import { Emitter, type ListenOptions } from "../emitter.ts";
import { TincanError } from "../error.ts";
import { randomInstance } from "../instance.ts";
import type { Peer } from "../peer/peer.ts";
import { type FileSource, fileSource } from "./file-source.ts";
import { PeerFiles } from "./peer-files.ts";
import type { IncomingTransfer, Transfer } from "./transfer.ts";

/** What happens with the files of a call, for `Files.on`. */
export interface FilesEvents {
  /** A peer wants to send something: `accept` it, or `decline`. */
  readonly offer: IncomingTransfer;
  /** A peer has sent what the protocol does not allow; for logs. */
  readonly fault: TincanError;
}

/** Who may send us files, and be sent some: a `CodeLock`, for instance. */
export interface Guard {
  trusts(peerId: string): boolean;
  /** From now on, over the connection that there is. */
  on(event: "trusted", listener: (peer: Peer) => void): () => void;
}

export interface FilesOptions {
  /** Everybody in the call unless told. To those it does not trust nothing is said, and nothing of theirs is read. */
  readonly guard?: Guard;
}

/** Files from peer to peer, of any size, verified, and resumed when the connection comes back. */
export class Files implements Disposable {
  readonly #call: Call;
  readonly #control: Channel;
  readonly #data: Channel;
  readonly #guard: Guard | undefined;
  readonly #events = new Emitter<FilesEvents>();
  readonly #peers = new Map<string, PeerFiles>();
  readonly #session: string = randomInstance();
  readonly #off: readonly (() => void)[];
  #closed = false;

  constructor(call: Call, { guard }: FilesOptions = {}) {
    this.#call = call;
    this.#guard = guard;
    if (globalThis.crypto?.subtle === undefined) {
      throw new TincanError("unsupported", "Files need a page that came over https.");
    }
    this.#control = call.channel({ label: "tincan.files", id: 2 });
    this.#data = call.channel({ label: "tincan.files.data", id: 3 });
    for (const channel of [this.#control, this.#data]) {
      channel.on("open", (peer) => {
        if (this.#trusts(peer)) this.#of(peer).opened();
      });
      channel.on("close", (peer) => this.#peers.get(peer.id)?.closed());
    }
    this.#control.on("message", ({ peer, data }) => {
      if (this.#trusts(peer)) this.#of(peer).receiveControl(data);
    });
    this.#control.on("low", (peer) => this.#peers.get(peer.id)?.sayUnsaid());
    this.#data.on("message", ({ peer, data }) => {
      if (this.#trusts(peer)) this.#of(peer).receiveData(data);
    });
    this.#data.on("low", (peer) => this.#peers.get(peer.id)?.pump());
    this.#off = [
      guard?.on("trusted", (peer) => this.#of(peer).opened()) ?? (() => {}),
      call.on("peer-left", ({ peer }) => {
        this.#peers.get(peer.id)?.gone();
        this.#peers.delete(peer.id);
      }),
      call.on("ended", () => this.close()),
    ];
  }

  /** Everything that is offered or under way, in both directions. */
  get transfers(): readonly Transfer[] {
    return [...this.#peers.values()].flatMap(({ transfers }) => transfers);
  }

  /** Whether this peer can be sent files now; it needs a connection, and `Files` at its side. */
  reaches(peerId: string): boolean {
    return this.#peers.get(peerId)?.isConnected ?? false;
  }

  /**
   * Offers files to a peer, which is asked first. Without a connection the offer waits for one.
   * Throws `ended`, `no-such-peer`, `malformed` (no file), `too-large` (more than 10,000) and
   * `overflow` (more than 16 transfers to this peer).
   */
  send(peerId: string, files: Iterable<File | FileSource>): Transfer {
    if (this.#closed) throw new TincanError("ended", "The call has ended.");
    const peer = this.#call.peers.get(peerId);
    if (peer === undefined) throw new TincanError("no-such-peer", "Nobody here has this id.");
    const sources = Array.from(files, (file) => ("read" in file ? file : fileSource(file)));
    return this.#of(peer).send(sources);
  }

  on<Name extends keyof FilesEvents>(
    event: Name,
    listener: (detail: FilesEvents[Name]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#events.on(event, listener, options);
  }

  /** Cancels everything that is under way; the call goes on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const off of this.#off) off();
    for (const peer of this.#peers.values()) peer.cancel();
    this.#peers.clear();
    this.#control.close();
    this.#data.close();
    this.#events.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #trusts(peer: Peer): boolean {
    return this.#guard?.trusts(peer.id) ?? true;
  }

  #of(peer: Peer): PeerFiles {
    const known = this.#peers.get(peer.id);
    if (known !== undefined) return known;
    const files = new PeerFiles({
      peer,
      control: this.#control,
      data: this.#data,
      session: this.#session,
      onOffer: (transfer) => this.#events.emit("offer", transfer),
      onFault: (error) => this.#events.emit("fault", error),
    });
    this.#peers.set(peer.id, files);
    return files;
  }
}
