import { describeCounterpart } from "./support/describe-counterpart.ts";
import { ProcessPeer } from "./support/process-peer.ts";

/**
 * GStreamer's webrtcbin (Debian) against ours: libnice, OpenSSL and usrsctp. Version 1.22 says nothing of
 * its messages' size, which stands for 64 KiB (RFC 8841 §6.1), and sends no more either. It answers an
 * ICE restart with the credentials that it had, and its end is its pipeline's, which says no goodbye.
 */
describeCounterpart({
  name: "GStreamer",
  needs: [
    "gir1.2-gst-plugins-bad-1.0",
    "gstreamer1.0-nice",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-good",
    "python3-gst-1.0",
  ],
  make: (options) => ProcessPeer.start("gstreamer_peer.py", options, { trickles: true }),
  maxMessageSize: 65_536,
  endsSilently: true,
  restarts: [],
  relays: ["ours", "both sides"],
});
