"""A peer of aiortc that echoes. Told what to do by lines of JSON on stdin; tells its own on stdout."""

import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription

channels = []


def tell(message):
    print(json.dumps(message), flush=True)


def use(channel):
    channels.append(channel)

    @channel.on("message")
    def on_message(data):
        channel.send(data)

    @channel.on("close")
    def on_close():
        tell({"closed": channel.label})


async def describe(pc, description):
    await pc.setLocalDescription(description)
    local = pc.localDescription
    tell({"description": {"type": local.type, "sdp": local.sdp}})


async def main():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    tell({"ready": True})
    while line := await reader.readline():
        message = json.loads(line)
        if "start" in message:
            servers = [RTCIceServer(**server) for server in message["start"]["servers"]]
            pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
            pc.on("datachannel", use)
        elif "channel" in message:
            use(pc.createDataChannel(message["channel"]))
        elif "offer" in message:
            await describe(pc, await pc.createOffer())
        elif "send" in message:
            channels[0].send(b"x" * message["send"])
        elif "closeChannel" in message:
            channels[0].close()
        elif "close" in message:
            await pc.close()
        else:
            description = RTCSessionDescription(**message["description"])
            await pc.setRemoteDescription(description)
            if description.type == "offer":
                await describe(pc, await pc.createAnswer())


asyncio.run(main())
