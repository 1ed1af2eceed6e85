import { JoinAnswer, type Seated } from "@tincan/signaling";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { SignalingRig } from "../testing/signaling-rig.ts";

const rig = new SignalingRig();

afterEach(() => rig.end());

test("a seat comes with ICE servers for its peer and its request, anew each time it is taken", async () => {
  let count = 0;
  const { url } = await rig.open({
    iceServers: (peer, { headers }) => {
      count += 1;
      const urls = [`turn:${headers.host}?transport=udp`];
      return [{ urls, username: `${count}:${peer}`, credential: "secret" }];
    },
  });
  const { host } = new URL(url);

  const take = async (transports: string[], more: object): Promise<Seated> => {
    const { socket } = rig.visit(url, { transports });
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
});
