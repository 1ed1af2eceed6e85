/** The timers of an association. */
export type TimerName =
  /** INIT and COOKIE ECHO (RFC 9260 §4.4.1). */
  | "t1"
  /** SHUTDOWN and SHUTDOWN ACK (RFC 9260 §9.2). */
  | "t2"
  /** Retransmission (RFC 9260 §6.3). */
  | "t3"
  /** The guard of a shutdown (RFC 9260 §9.2). */
  | "t5"
  /** The delayed acknowledgement (RFC 9260 §6.2). */
  | "sack"
  /** Chunks within the reordering window (RFC 8985 §6.3). */
  | "reordering"
  /** The tail loss probe (RFC 8985 §7). */
  | "tail"
  /** The pacer has credit again. */
  | "pace"
  /** RFC 9260 §8.3 */
  | "heartbeat"
  /** RFC 6525 §5.1.1 */
  | "reconfig"
  /** A path MTU probe is unanswered, or it is time for a new search (RFC 8899 §5.1.1). */
  | "mtu";
