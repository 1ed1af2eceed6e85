import { startTurnServer } from "../../packages/webrtc/src/node/index.ts";
import { defaultTurnSettings } from "../../packages/webrtc/src/turn/index.ts";

/** The server that is measured, as its own process: `server.ts PORT`. */
const port = Number(process.argv[2]);
await startTurnServer({
  udp: [{ ip: "127.0.0.1", port }],
  relays: [{ ip: "127.0.0.1", firstPort: 40_000, lastPort: 49_999 }],
  users: { users: [{ name: "bench", password: "bench" }] },
  settings: {
    peers: { allowLoopback: true },
    unauthenticated: { perSecond: 10_000, burst: 10_000 },
    limits: { ...defaultTurnSettings.limits, allocationsPerUser: 10_000 },
  },
});
process.stdout.write("listening\n");
