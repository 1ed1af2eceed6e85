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
    "/usr/lib/python3/dist-packages/gi/overrides/Gst.py",
    "/usr/share/doc/gir1.2-gst-plugins-bad-1.0",
    "/usr/share/doc/gstreamer1.0-nice",
    "/usr/share/doc/gstreamer1.0-plugins-bad",
    "/usr/share/doc/gstreamer1.0-plugins-good",
  ],
  make: (options) => ProcessPeer.start("gstreamer_peer.py", options, { trickles: true }),
  maxMessageSize: 65_536,
  endsSilently: true,
  restarts: [],
  relays: ["ours", "both sides"],
});
