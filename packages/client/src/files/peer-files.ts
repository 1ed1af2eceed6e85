import type { Channel } from "../channel/channel.ts";
import { parseMessage } from "../channel/parse-message.ts";
import { TokenBucket } from "../channel/token-bucket.ts";
import { TincanError } from "../error.ts";
import type { Peer } from "../peer/peer.ts";
import type { FileSource } from "./file-source.ts";
import { decodeFrame } from "./frame.ts";
import { OfferedTransfer } from "./incoming-transfer.ts";
import { FILES_VERSION, MAX_FILES, MAX_TRANSFERS } from "./limits.ts";
import type { LiveTransfer } from "./live-transfer.ts";
import { type ControlBody, ControlBodySchema, type EndWord, type Role } from "./messages.ts";
import { OutgoingTransfer } from "./outgoing-transfer.ts";
import { Verdicts } from "./verdicts.ts";

export interface PeerFilesOptions {
  readonly peer: Peer;
  /** Ordered and reliable. */
  readonly control: Channel;
  /** As well; what it carries may fall behind the control channel, or run ahead of it. */
  readonly data: Channel;
  /** This page, among all that sit in the same seat one after the other. */
  readonly session: string;
  readonly onOffer: (transfer: OfferedTransfer) => void;
  readonly onFault: (error: TincanError) => void;
}

/** All transfers to and from one peer: brings messages to them, and lets those that send take turns. */
export class PeerFiles {
  readonly #options: PeerFilesOptions;
  readonly #outgoing = new Map<number, OutgoingTransfer>();
  readonly #incoming = new Map<number, OfferedTransfer>();
  readonly #verdicts = new Verdicts();
  readonly #messages = new TokenBucket(1000, 4000);
  readonly #reports = new TokenBucket(0.2, 3);
  /** What found no room in the control channel; all of it from our own offers. */
  #unsaid: string[] = [];
  #nextId = 1;
  #peerSession: string | undefined;
  /** Whether the peer has said hello over this connection. */
  #met = false;
  /** Whether we have: not before both channels are open, as what comes after it uses both. */
  #greeted = false;
  #connected = false;

  constructor(options: PeerFilesOptions) {
    this.#options = options;
  }

  get transfers(): readonly LiveTransfer[] {
    return [...this.#outgoing.values(), ...this.#incoming.values()];
  }

  /** Whether the peer can be offered files now. */
  get isConnected(): boolean {
    return this.#connected;
  }

  send(sources: readonly FileSource[]): OutgoingTransfer {
    if (sources.length === 0) throw new TincanError("malformed", "There is nothing to send.");
    if (sources.length > MAX_FILES) {
      throw new TincanError("too-large", `At most ${MAX_FILES} files can be sent at a time.`);
    }
    if (this.#outgoing.size >= MAX_TRANSFERS) {
      throw new TincanError("overflow", `No more than ${MAX_TRANSFERS} transfers to one peer.`);
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const transfer = new OutgoingTransfer({
      ...{ id, sources, peer: this.#options.peer },
      say: (body) => this.#say(body),
      onReady: () => this.pump(),
      onEnd: (word) => {
        this.#outgoing.delete(id);
        this.#conclude("sender", id, word);
      },
    });
    this.#outgoing.set(id, transfer);
    if (this.#connected) transfer.connection(true);
    return transfer;
  }

  /** One of the two channels is open. */
  opened(): void {
    if (!this.#isOpen || this.#greeted) return;
    this.#greeted = true;
    this.#hello(false);
    this.#connect();
  }

  /** One of the two channels is closed: the connection is gone. */
  closed(): void {
    this.#met = false;
    this.#greeted = false;
    this.#unsaid = [];
    this.#disconnect();
  }

  /** The peer, or its page, does not come back. */
  gone(): void {
    for (const transfer of this.transfers) transfer.finish("gone");
    this.#verdicts.clear();
  }

  /** We end all of it. */
  cancel(): void {
    for (const transfer of this.transfers) transfer.cancel();
  }

  receiveControl(data: string | Uint8Array): void {
    const body = this.#messages.take() ? parseMessage(ControlBodySchema, data) : undefined;
    if (body === undefined) this.#fault();
    else if (body.type === "hello") this.#meet(body);
    else if (this.#connected) this.#receive(body);
  }

  receiveData(data: string | Uint8Array): void {
    const frame = typeof data === "string" ? undefined : decodeFrame(data);
    // Of no transfer: it was cancelled a moment ago.
    if (frame === undefined) this.#fault();
    else this.#incoming.get(frame.transfer)?.receive(frame);
  }

  /** Sends what is ready, one message of each transfer in turn, as long as the queue is short. */
  pump(): void {
    const { data, peer } = this.#options;
    while (this.#connected && data.bufferedAmount(peer.id) < HIGH_WATER) {
      const sent = this.#sendOne(data, peer);
      if (!sent) return;
    }
  }

  /** The control channel's queue is short again. */
  sayUnsaid(): void {
    const { control, peer } = this.#options;
    for (let text = this.#unsaid[0]; text !== undefined; text = this.#unsaid[0]) {
      if (!control.send(peer.id, text)) return;
      this.#unsaid.shift();
    }
  }

  #sendOne(data: Channel, peer: Peer): boolean {
    for (const [id, transfer] of this.#outgoing) {
      const frame = transfer.nextFrame();
      if (frame === undefined) continue;
      // Whoever had its turn goes to the end.
      this.#outgoing.delete(id);
      this.#outgoing.set(id, transfer);
      return data.send(peer.id, frame);
    }
    return false;
  }

  #hello(answer: boolean): void {
    this.#say({ type: "hello", v: FILES_VERSION, session: this.#options.session, answer });
  }

  #meet({ session, answer }: Extract<ControlBody, { type: "hello" }>): void {
    // Its first one went where nobody listened yet, or ours did.
    if (!answer && this.#greeted) this.#hello(true);
    if (this.#peerSession !== undefined && this.#peerSession !== session) this.#renewed();
    this.#peerSession = session;
    this.#met = true;
    this.#connect();
  }

  /** Another page is in its seat: what was under way is lost, what is only offered is offered to it. */
  #renewed(): void {
    this.#disconnect();
    this.#verdicts.clear();
    for (const transfer of this.transfers) {
      if (transfer.direction === "in" || transfer.isAccepted) transfer.finish("gone");
    }
  }

  #connect(): void {
    if (this.#connected || !this.#met || !this.#greeted) return;
    this.#connected = true;
    for (const transfer of this.transfers) transfer.connection(true);
  }

  #disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    for (const transfer of this.transfers) transfer.connection(false);
  }

  get #isOpen(): boolean {
    const { control, data, peer } = this.#options;
    return control.isOpen(peer.id) && data.isOpen(peer.id);
  }

  #receive(body: Exclude<ControlBody, { type: "hello" }>): void {
    const { id } = body;
    switch (body.type) {
      case "offer":
        this.#offered(body);
        break;
      case "list":
        this.#listed(body);
        break;
      case "start": {
        const outgoing = this.#outgoing.get(id);
        if (outgoing === undefined) this.#say(this.#verdicts.of("sender", id));
        else void outgoing.start(body);
        break;
      }
      case "have":
        this.#outgoing.get(id)?.have(body);
        break;
      case "done":
        this.#outgoing.get(id)?.done();
        break;
      case "pause":
        this.#theOther(body.by, id)?.pausedByPeer(body.paused);
        break;
      case "check":
        if (this.#theOther(body.by, id) !== undefined) break;
        this.#say(this.#verdicts.of(body.by === "sender" ? "receiver" : "sender", id));
        break;
      case "end":
        this.#theOther(body.by, id)?.endedByPeer(body.reason);
        break;
    }
  }

  /** The transfer of which the peer is on the side that it says. */
  #theOther(by: Role, id: number): LiveTransfer | undefined {
    return by === "sender" ? this.#incoming.get(id) : this.#outgoing.get(id);
  }

  #offered({ id, count, size }: Extract<ControlBody, { type: "offer" }>): void {
    const known = this.#incoming.get(id);
    if (known?.isListed) return;
    // A list that broke off is told from the start again.
    known?.finish("gone");
    if (this.#verdicts.has("receiver", id) && known === undefined) {
      this.#say(this.#verdicts.of("receiver", id));
      return;
    }
    const { peer, onOffer } = this.#options;
    const listed = [...this.#incoming.values()].reduce((sum, live) => sum + live.count, 0);
    if (this.#incoming.size >= MAX_TRANSFERS || listed + count > MAX_PEER_FILES) {
      this.#fault();
      this.#conclude("receiver", id, "failed");
      return;
    }
    const transfer = new OfferedTransfer({
      ...{ id, peer, count, size, onOffer },
      say: (body) => this.#say(body),
      onEnd: (word) => {
        this.#incoming.delete(id);
        this.#conclude("receiver", id, word);
      },
    });
    this.#incoming.set(id, transfer);
    transfer.listen();
  }

  #listed({ id, files }: Extract<ControlBody, { type: "list" }>): void {
    const transfer = this.#incoming.get(id);
    if (transfer === undefined || transfer.list(files)) return;
    this.#fault();
    transfer.finish("protocol", "failed");
  }

  /** Tells the peer how a transfer ended where it does not know, and remembers it in case that is lost. */
  #conclude(role: Role, id: number, word: EndWord | "done" | undefined): void {
    if (word === undefined) return;
    this.#verdicts.add(role, id, word);
    if (this.#connected) this.#say(this.#verdicts.of(role, id));
  }

  /** In the order in which it was said; what is lost with the connection is made up for in the next one. */
  #say(body: ControlBody): void {
    const { control, peer } = this.#options;
    const text = JSON.stringify(body);
    if (!control.isOpen(peer.id)) return;
    if (this.#unsaid.length > 0 || !control.send(peer.id, text)) {
      if (this.#unsaid.length < MAX_UNSAID) this.#unsaid.push(text);
    }
  }

  #fault(): void {
    if (!this.#reports.take()) return;
    const message = `${this.#options.peer.id} broke the rules of sending files.`;
    this.#options.onFault(new TincanError("protocol", message));
  }
}

/** What may wait in the browser; enough for a fast network while the page is busy for a moment. */
const HIGH_WATER: number = 1024 * 1024;

/** In all transfers of one peer that are offered or run. */
const MAX_PEER_FILES: number = 2 * MAX_FILES;

/** Lists of as many files as can be offered, and what is said beside. */
const MAX_UNSAID = 4096;
