import { describeCounterpart } from "./support/describe-counterpart.ts";
import { ProcessPeer } from "./support/process-peer.ts";

/**
 * GStreamer's webrtcbin (Debian) against ours: libnice, OpenSSL and usrsctp. Version 1.22 says nothing of
 * its messages' size, which stands for 64 KiB (RFC 8841 §6.1), and answers an ICE restart with the
 * credentials that it had.
 */
describeCounterpart({
  name: "GStreamer",
  make: (options) => ProcessPeer.start("gstreamer_peer.py", options, { trickles: true }),
  maxMessageSize: 65_536,
  restarts: [],
  relays: ["ours", "both sides"],
});
