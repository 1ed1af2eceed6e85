/** What one server of calls takes from the network (PROTOCOL.md, Limits). */
export interface SignalingLimits {
  /** What the payload of an event may measure as JSON, in UTF-8 bytes. */
  readonly messageBytes: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly joinsPerSecond: number;
  readonly joinBurst: number;
  readonly connectionsPerAddress: number;
  /** Tries at passwords, of an address. */
  readonly passwordsPerSecond: number;
  readonly passwordBurst: number;
  /** Knocks at locked rooms, of an address. */
  readonly knocksPerSecond: number;
  readonly knockBurst: number;
  /** Connections of an address that wait at locked rooms, and of all addresses together. */
  readonly waitingPerAddress: number;
  readonly waitingConnections: number;
  /** What a host says of its room, on one connection. */
  readonly hostMessagesPerSecond: number;
  readonly hostMessageBurst: number;
  /** Connections that have no seat, of all addresses together. */
  readonly unseatedConnections: number;
  /** How long a connection may go without a seat. */
  readonly handshakeMs: number;
  readonly rooms: number;
  /** After so many in a row, a connection is closed. */
  readonly refusalsInRow: number;
  /** How long the seat of a broken connection is kept. */
  readonly keepSeatMs: number;
  /** What waits for one seat. */
  readonly outboxMessages: number;
  readonly outboxBytes: number;
  /** Packets that wait for one connection to take them. */
  readonly unsentPackets: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

/** The limits that PROTOCOL.md promises. */
export const SIGNALING_LIMITS: SignalingLimits = {
  messageBytes: 65_536,
  messagesPerSecond: 50,
  messageBurst: 200,
  joinsPerSecond: 5,
  joinBurst: 60,
  connectionsPerAddress: 256,
  passwordsPerSecond: 1 / 6,
  passwordBurst: 10,
  knocksPerSecond: 0.1,
  knockBurst: 6,
  waitingPerAddress: 4,
  waitingConnections: 1024,
  hostMessagesPerSecond: 2,
  hostMessageBurst: 20,
  unseatedConnections: 1024,
  handshakeMs: 10_000,
  rooms: 10_000,
  refusalsInRow: 100,
  keepSeatMs: 30_000,
  outboxMessages: 256,
  outboxBytes: 524_288,
  unsentPackets: 1024,
  pingIntervalMs: 10_000,
  pingTimeoutMs: 10_000,
};
