import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { JoinAnswer, type Seated } from "@tincan/signaling";
import { pino } from "pino";
import { io } from "socket.io-client";
import * as v from "valibot";
import { expect, test } from "vitest";
import { SignalingServer } from "./signaling-server.ts";

test("a seat comes with ICE servers for its peer and its request, anew each time it is taken", async () => {
  const http = createServer();
  let count = 0;
  const signaling = new SignalingServer({
    ...{ capacity: 2, allowedOrigins: [], resumeKey: new Uint8Array(32) },
    log: pino({ level: "silent" }),
    iceServers: (peer, { headers }) => {
      count += 1;
      const urls = [`turn:${headers.host}?transport=udp`];
      return [{ urls, username: `${count}:${peer}`, credential: "secret" }];
    },
  });
  signaling.attach(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;

  const take = async (transports: string[], more: object): Promise<Seated> => {
    const options = { auth: { protocol: 1 }, forceNew: true, reconnection: false, transports };
    const socket = io(`http://${host}`, options);
    const request = { room: "amy", instance: "0123456789abcdef", ...more };
    const answer = v.parse(JoinAnswer, await socket.emitWithAck("create or join", request));
    socket.disconnect();
    return answer as Seated;
  };
  const first = await take(["websocket"], {});
  expect(first).toMatchObject({ type: "created" });
  expect(first.iceServers).toEqual([
    { urls: [`turn:${host}?transport=udp`], username: `1:${first.self.id}`, credential: "secret" },
  ]);
  const second = await take(["polling"], { resume: first.resume, received: 0 });
  expect(second.self.id).toBe(first.self.id);
  expect(second.iceServers?.[0]?.username).toBe(`2:${first.self.id}`);

  await signaling.close();
  http.closeAllConnections();
  http.close();
});
