"""A peer of GStreamer's webrtcbin that echoes. Told what to do by lines of JSON on stdin; tells its own on stdout."""

import json
import sys
import threading
from urllib.parse import quote

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402


stdout = threading.Lock()


def tell(message):
    # Candidates and messages come from threads of their own.
    with stdout:
        print(json.dumps(message), flush=True)


def use(channel):
    channel.connect("on-message-data", lambda _, data: channel.emit("send-data", data))
    channel.connect("on-message-string", lambda _, text: channel.emit("send-string", text))
    channel.connect("on-close", lambda _: tell({"closed": channel.get_property("label")}))


class Peer:
    def __init__(self, servers, is_relayed):
        self.channels = []
        self.pipeline = Gst.Pipeline()
        self.webrtc = Gst.ElementFactory.make("webrtcbin")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        if is_relayed:
            policy = GstWebRTC.WebRTCICETransportPolicy.RELAY
            self.webrtc.set_property("ice-transport-policy", policy)
        for server in servers:
            host = server["urls"].removeprefix("turn:")
            user = f"{quote(server['username'])}:{quote(server['credential'])}"
            self.webrtc.emit("add-turn-server", f"turn://{user}@{host}")
        self.webrtc.connect("on-ice-candidate", self.on_candidate)
        self.webrtc.connect("on-data-channel", lambda _, channel: self.keep(channel))
        self.pipeline.add(self.webrtc)
        self.pipeline.set_state(Gst.State.PLAYING)

    def keep(self, channel):
        self.channels.append(channel)
        use(channel)

    def on_candidate(self, _, index, candidate):
        tell({"candidate": {"candidate": candidate, "sdpMLineIndex": index}})

    def ask(self, name, *arguments):
        """Emits a signal that answers by a promise, and waits for the answer."""
        promise = Gst.Promise.new()
        self.webrtc.emit(name, *arguments, promise)
        promise.wait()
        return promise.get_reply()

    def describe(self, kind):
        # What it holds does not outlive the answer.
        reply = self.ask(f"create-{kind}", None)
        description = reply.get_value(kind)
        self.ask("set-local-description", description)
        tell({"description": {"type": kind, "sdp": description.sdp.as_text()}})

    def take(self, kind, text):
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        types = {"offer": GstWebRTC.WebRTCSDPType.OFFER, "answer": GstWebRTC.WebRTCSDPType.ANSWER}
        description = GstWebRTC.WebRTCSessionDescription.new(types[kind], sdp)
        self.ask("set-remote-description", description)


def main():
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = None

    def obey(message):
        nonlocal peer
        if "start" in message:
            peer = Peer(**message["start"])
        elif "channel" in message:
            peer.keep(peer.webrtc.emit("create-data-channel", message["channel"], None))
        elif "offer" in message:
            peer.describe("offer")
        elif "candidate" in message:
            candidate = message["candidate"]
            index, line = candidate["sdpMLineIndex"], candidate["candidate"]
            peer.webrtc.emit("add-ice-candidate", index, line)
        elif "send" in message:
            peer.channels[0].emit("send-data", GLib.Bytes.new(b"x" * message["send"]))
        elif "closeChannel" in message:
            peer.channels[0].emit("close")
        elif "close" in message:
            peer.pipeline.set_state(Gst.State.NULL)
        else:
            kind = message["description"]["type"]
            peer.take(kind, message["description"]["sdp"])
            if kind == "offer":
                peer.describe("answer")

    def read():
        for line in sys.stdin:
            GLib.idle_add(obey, json.loads(line))
        GLib.idle_add(loop.quit)

    threading.Thread(target=read, daemon=True).start()
    tell({"ready": True})
    loop.run()


main()
