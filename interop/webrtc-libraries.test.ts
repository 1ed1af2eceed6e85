import wrtc from "@roamhq/wrtc";
import { RTCPeerConnection as DataChannelPeer } from "node-datachannel/polyfill";
import { RTCPeerConnection as WeriftPeer } from "werift";
import { describeCounterpart } from "./support/describe-counterpart.ts";
import { type ForeignConfiguration, LibraryPeer } from "./support/library-peer.ts";

/** The other WebRTC libraries for Node against ours: libdatachannel, libwebrtc, and werift. */

/** libdatachannel gathers for itself, and with libjuice cannot restart. */
describeCounterpart({
  name: "node-datachannel",
  make: (options) => new LibraryPeer((given) => new DataChannelPeer(given), options),
  restarts: [],
  relays: ["ours", "both sides"],
  strays: true,
});

describeCounterpart({
  name: "@roamhq/wrtc",
  make: (options) => new LibraryPeer((given) => new wrtc.RTCPeerConnection(given), options),
  restarts: ["we", "they"],
  relays: ["ours", "both sides"],
});

/** It takes 64 KiB unless it is told of more. */
describeCounterpart({
  name: "werift",
  make: (options) => new LibraryPeer(werift, options),
  rests: true,
  restarts: ["we", "they"],
  relays: ["ours", "both sides"],
});

function werift({ iceServers, iceTransportPolicy }: ForeignConfiguration): WeriftPeer {
  const servers = iceServers.map(({ urls, ...rest }) => ({ urls: `${urls}`, ...rest }));
  return new WeriftPeer({ iceServers: servers, iceTransportPolicy, maxMessageSize: 262_144 });
}
