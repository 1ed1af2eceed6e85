import type { Goodbye } from "@tincan/signaling";

/** What a signaling connection needs of a transport; `socketIo` is the real one, tests bring a fake. */
export interface SignalingSocket {
  /** Whether a message can be sent right now. */
  readonly connected: boolean;
  /** Starts to connect, and does so again after each loss until `close`. */
  connect(handler: SignalingSocketHandler): void;
  /** Drops the connection, where there is one, and connects anew without a wait. */
  reconnect(): void;
  close(): void;
  /** Sends without an answer. Nothing is kept while there is no connection. */
  emit(event: string, payload: unknown): void;
  /** Sends this so that it arrives although the page goes; false where nothing here can do that. */
  beacon(goodbye: Goodbye): boolean;
  /**
   * Sends, and calls `answer` at most once: with what the server answered, or with `undefined` when
   * that took longer than `timeoutMs`. Called in the order in which answers and events came in.
   */
  request(
    event: string,
    payload: unknown,
    timeoutMs: number,
    answer: (answer: unknown) => void,
  ): void;
}

export interface SignalingSocketHandler {
  onConnect(): void;
  onDisconnect(): void;
  /** It could not connect. `refusal` is what the server said (PROTOCOL.md, "Connecting"), if it spoke. */
  onConnectError(error: Error, refusal: unknown): void;
  onEvent(event: string, payload: unknown): void;
}
