"""A peer of aiortc that echoes. Told what to do by lines of JSON on stdin; tells its own on stdout."""

import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def tell(message):
    print(json.dumps(message), flush=True)


def use(channel):
    @channel.on("message")
    def on_message(data):
        channel.send(data)

    @channel.on("close")
    def on_close():
        tell({"closed": channel.label})


async def main():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.on("datachannel", use)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    tell({"ready": True})
    while line := await reader.readline():
        message = json.loads(line)
        if message.get("offer"):
            channel = pc.createDataChannel("from aiortc")
            use(channel)
            await pc.setLocalDescription(await pc.createOffer())
        elif message.get("close"):
            await pc.close()
            continue
        else:
            description = RTCSessionDescription(**message["description"])
            await pc.setRemoteDescription(description)
            if description.type != "offer":
                continue
            await pc.setLocalDescription(await pc.createAnswer())
        local = pc.localDescription
        tell({"description": {"type": local.type, "sdp": local.sdp}})


asyncio.run(main())
