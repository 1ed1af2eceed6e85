/** What runs in the page: one peer, told what to do by name. Plain JavaScript, as the browser takes it. */
export const browserPeer = `
  globalThis.start = (channelInit) => {
    const pc = new RTCPeerConnection();
    const peer = globalThis.peer = { pc, candidates: [], states: [], channels: [] };
    pc.onicecandidate = ({ candidate }) => candidate && globalThis.tell(candidate.toJSON());
    pc.onconnectionstatechange = () => peer.states.push(pc.connectionState);
    pc.ondatachannel = ({ channel }) => use(channel);
    if (channelInit) use(pc.createDataChannel("from the page", channelInit));
  };
  globalThis.use = (channel) => {
    const { peer } = globalThis;
    peer.channels.push(channel);
    channel.binaryType = "arraybuffer";
    channel.mode = "echo";
    channel.onmessage = ({ data }) => {
      if (channel.mode === "echo") channel.send(data);
      else if (channel.mode === "collect") {
        channel.pieces.push(data);
        channel.received += data.byteLength;
        if (channel.received >= channel.wanted) channel.done();
      }
    };
  };
  const hex = async (pieces) => {
    const all = new Uint8Array(await new Blob(pieces).arrayBuffer());
    const digest = await crypto.subtle.digest("SHA-256", all);
    return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
  };
  globalThis.collect = (wanted) => {
    const channel = globalThis.peer.channels[0];
    Object.assign(channel, { mode: "collect", pieces: [], received: 0, wanted });
    globalThis.collected = new Promise((done) => { channel.done = done; }).then(() => {
      channel.mode = "echo";
      return hex(channel.pieces);
    });
  };
  globalThis.sendBulk = async (bytes) => {
    const channel = globalThis.peer.channels[0];
    const pieces = [];
    channel.bufferedAmountLowThreshold = 256 * 1024;
    for (let sent = 0; sent < bytes; sent += 16384) {
      const piece = new Uint8Array(Math.min(16384, bytes - sent));
      crypto.getRandomValues(piece);
      pieces.push(piece);
      channel.send(piece);
      if (channel.bufferedAmount > 1024 * 1024)
        await new Promise((resolve) => { channel.onbufferedamountlow = resolve; });
    }
    return hex(pieces);
  };
`;
