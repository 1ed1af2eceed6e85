import type { Call, CallEvents } from "../call/call.ts";
import type { Channel, ChannelEvents, ChannelOptions } from "../channel/channel.ts";
import { Emitter } from "../emitter.ts";
import { TincanError } from "../error.ts";
import type { Peer } from "../peer/peer.ts";

type Data = string | Uint8Array<ArrayBuffer>;

/**
 * Calls whose channels are queues that a test empties one message at a time: in order within a
 * channel and a direction, in any order between them. Connections break when the test says so, and
 * take with them what was on its way.
 */
export class FakeNetwork {
  readonly calls: FakeCall[] = [];
  /** What a cut leaves connected: pairs of ids. */
  readonly #broken = new Set<string>();
  readonly #lanes = new Map<string, { from: FakeCall; to: FakeCall; id: number; queue: Data[] }>();
  /** How many messages were delivered. */
  delivered = 0;
  /** Looks at each message, or puts another in its place; nothing drops it. */
  tamper: (data: Data, from: string, id: number) => Data | undefined = (data) => data;

  join(name: string): FakeCall {
    const call = new FakeCall(this, name);
    for (const other of this.calls) {
      other.meet(call);
      call.meet(other);
    }
    this.calls.push(call);
    return call;
  }

  leave(call: FakeCall): void {
    this.calls.splice(this.calls.indexOf(call), 1);
    for (const other of this.calls) {
      this.#forget(call, other);
      other.lose(call);
    }
  }

  isBroken(a: FakeCall, b: FakeCall): boolean {
    return this.#broken.has(pairKey(a, b));
  }

  cut(a: FakeCall, b: FakeCall): void {
    if (this.isBroken(a, b)) return;
    this.#broken.add(pairKey(a, b));
    this.#forget(a, b);
    a.closed(b);
    b.closed(a);
  }

  mend(a: FakeCall, b: FakeCall): void {
    if (!this.#broken.delete(pairKey(a, b))) return;
    a.opened(b);
    b.opened(a);
  }

  send(from: FakeCall, toId: string, id: number, data: Data): boolean {
    const to = this.calls.find(({ self }) => self.id === toId);
    if (to === undefined || this.isBroken(from, to)) return false;
    this.#lane(from, to, id).queue.push(data);
    return true;
  }

  waiting(from: FakeCall, toId: string, id: number): number {
    const queue = this.#lanes.get(`${from.self.id} ${toId} ${id}`)?.queue ?? [];
    return queue.reduce((sum, data) => sum + data.length, 0);
  }

  /** Delivers the first message of one of the queues; false where all are empty. */
  step(pick: (count: number) => number = () => 0): boolean {
    const ready = [...this.#lanes.values()].filter(({ queue }) => queue.length > 0);
    const lane = ready[pick(ready.length) % Math.max(1, ready.length)];
    const data = lane?.queue.shift();
    if (lane === undefined || data === undefined) return false;
    const { from, to, id, queue } = lane;
    this.delivered += 1;
    const arriving = this.tamper(data, from.self.id, id);
    if (arriving !== undefined) to.receive(from, id, arriving);
    if (queue.length === 0) from.low(to, id);
    return true;
  }

  /** Delivers everything, until nothing comes any more. */
  drain(): void {
    for (let steps = 0; this.step(); steps += 1) {
      if (steps > 100_000) throw new Error("It does not come to rest.");
    }
  }

  #lane(from: FakeCall, to: FakeCall, id: number) {
    const key = `${from.self.id} ${to.self.id} ${id}`;
    const lane = this.#lanes.get(key) ?? { from, to, id, queue: [] };
    this.#lanes.set(key, lane);
    return lane;
  }

  #forget(a: FakeCall, b: FakeCall): void {
    for (const [key, { from, to }] of this.#lanes) {
      if ((from === a && to === b) || (from === b && to === a)) this.#lanes.delete(key);
    }
  }
}

/** What the parts of the package use of a call, on a fake network. */
export class FakeCall {
  readonly self: { readonly id: string; readonly name: string };
  readonly peers = new Map<string, Peer>();
  /** Ids of channels that do not open at this side until `openSlow`. */
  readonly slow = new Set<number>();
  readonly #network: FakeNetwork;
  readonly #events = new Emitter<CallEvents>();
  readonly #channels = new Map<number, FakeChannel>();

  constructor(network: FakeNetwork, name: string) {
    this.#network = network;
    this.self = { id: name.padEnd(16, "0"), name };
  }

  /** As what the rest of the package knows. */
  get call(): Call {
    return this as unknown as Call;
  }

  channel({ label, id }: ChannelOptions): Channel {
    if (this.#channels.has(id)) throw new TincanError("overflow", "There is such a channel.");
    const channel = new FakeChannel(this.#network, this, label, id, () =>
      this.#channels.delete(id),
    );
    this.#channels.set(id, channel);
    for (const peer of this.peers.values()) this.#openLater(channel, peer);
    return channel;
  }

  on<Name extends keyof CallEvents>(
    event: Name,
    listener: (detail: CallEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  meet(other: FakeCall): void {
    const peer = { id: other.self.id, name: other.self.name } as Peer;
    this.peers.set(peer.id, peer);
    this.#events.emit("peer-joined", peer);
    for (const channel of this.#channels.values()) this.#openLater(channel, peer);
  }

  lose(other: FakeCall): void {
    this.closed(other);
    const peer = this.peers.get(other.self.id) as Peer;
    this.peers.delete(peer.id);
    this.#events.emit("peer-left", { peer, reason: "left" });
  }

  opened(other: FakeCall): void {
    for (const channel of this.#channels.values()) this.#open(channel, this.#peer(other));
  }

  openSlow(): void {
    const slow = [...this.slow];
    this.slow.clear();
    for (const id of slow) {
      const channel = this.#channels.get(id);
      if (channel === undefined) continue;
      for (const peer of this.peers.values()) this.#open(channel, peer);
    }
  }

  closed(other: FakeCall): void {
    for (const channel of this.#channels.values()) {
      channel.events.emit("close", this.#peer(other));
    }
  }

  receive(from: FakeCall, id: number, data: Data): void {
    this.#channels.get(id)?.events.emit("message", { peer: this.#peer(from), data });
  }

  low(to: FakeCall, id: number): void {
    const peer = this.peers.get(to.self.id);
    if (peer !== undefined) this.#channels.get(id)?.events.emit("low", peer);
  }

  #peer(other: FakeCall): Peer {
    return this.peers.get(other.self.id) as Peer;
  }

  #openLater(channel: FakeChannel, peer: Peer): void {
    queueMicrotask(() => this.#open(channel, peer));
  }

  #open(channel: FakeChannel, peer: Peer): void {
    if (channel.isOpen(peer.id)) channel.events.emit("open", peer);
  }
}

class FakeChannel implements Channel {
  readonly label: string;
  readonly id: number;
  readonly events = new Emitter<ChannelEvents>();
  readonly #network: FakeNetwork;
  readonly #call: FakeCall;
  readonly #onClose: () => void;

  constructor(
    network: FakeNetwork,
    call: FakeCall,
    label: string,
    id: number,
    onClose: () => void,
  ) {
    this.#network = network;
    this.#call = call;
    this.label = label;
    this.id = id;
    this.#onClose = onClose;
  }

  isOpen(peerId: string): boolean {
    const other = this.#network.calls.find(({ self }) => self.id === peerId);
    if (other === undefined || this.#call.slow.has(this.id)) return false;
    return !this.#network.isBroken(this.#call, other);
  }

  send(peerId: string, data: Data): boolean {
    return this.#network.send(this.#call, peerId, this.id, data);
  }

  bufferedAmount(peerId: string): number {
    return this.#network.waiting(this.#call, peerId, this.id);
  }

  on<Name extends keyof ChannelEvents>(
    event: Name,
    listener: (detail: ChannelEvents[Name]) => void,
  ): () => void {
    return this.events.on(event, listener);
  }

  close(): void {
    this.#onClose();
    this.events.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function pairKey(a: FakeCall, b: FakeCall): string {
  return [a.self.id, b.self.id].sort().join(" ");
}
