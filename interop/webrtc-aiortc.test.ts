import { describeCounterpart } from "./support/describe-counterpart.ts";
import { ProcessPeer } from "./support/process-peer.ts";

/**
 * aiortc (Python, from Debian) against ours. It tells all candidates at once, takes 64 KiB at most, and
 * restarts no ICE; version 1.4 cannot be told to use relays alone.
 */
describeCounterpart({
  name: "aiortc",
  needs: ["/usr/lib/python3/dist-packages/aiortc"],
  make: (options) => ProcessPeer.start("aiortc_peer.py", options, { trickles: false }),
  maxMessageSize: 65_536,
  sendsLarger: true,
  restarts: [],
  relays: ["ours"],
});
