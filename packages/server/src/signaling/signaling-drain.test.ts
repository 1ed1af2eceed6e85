import type { Report } from "@tincan/signaling";
import { pino } from "pino";
import type { Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalingRig, WAIT } from "../testing/signaling-rig.ts";
import type { SignalingServer } from "./signaling-server.ts";

const CONNECTED: Report = {
  outcome: "connected",
  setupMs: 12.5,
  local: "host",
  remote: "srflx",
  protocol: "udp",
};
const rig = new SignalingRig();
let signaling: SignalingServer;
let url: string;
let reports: Report[];
let lines: Record<string, unknown>[];

beforeEach(async () => {
  reports = [];
  lines = [];
  ({ signaling, url } = await rig.open({
    log: pino({ level: "debug" }, { write: (line) => void lines.push(JSON.parse(line)) }),
    reported: (report) => void reports.push(report),
  }));
});

afterEach(() => rig.end());

function visit(): Socket {
  return rig.visit(url).socket;
}

function join(socket: Socket, room: string, resume?: string) {
  const request = { room, instance: "amysphone", name: "Amy Pond", resume };
  return socket.emitWithAck("create or join", request);
}

describe("a server that drains", () => {
  it("takes nobody new, lets peers come back, and is done with the last room", async () => {
    const amy = visit();
    const { resume } = await join(amy, "tea");
    const told = new Promise((resolve) => amy.once("draining", resolve));
    let isDrained = false;
    const drained = signaling.drain(60_000).then(() => {
      isDrained = true;
    });
    expect(await told).toEqual({ withinMs: 60_000 });
    const [bob, cid] = [visit(), visit()];
    expect(await join(bob, "tea")).toMatchObject({ type: "refused", code: "shutting-down" });
    expect(await join(cid, "cake")).toMatchObject({ type: "refused", code: "shutting-down" });
    amy.io.engine.close();
    const back = visit();
    expect(await join(back, "tea", resume)).toMatchObject({ type: "resumed" });
    expect(isDrained).toBe(false);
    await back.emitWithAck("bye");
    await drained;
  });

  it("is done at once without a room", async () => {
    visit();
    await signaling.drain(60_000);
  });
});

describe("reports", () => {
  it("are counted from those who have a seat, and checked", async () => {
    const amy = visit();
    expect(await amy.emitWithAck("report", CONNECTED)).toMatchObject({ code: "not-in-room" });
    await join(amy, "tea");
    for (const wrong of [{}, { ...CONNECTED, setupMs: 1e9 }, { ...CONNECTED, local: "10.0.0.1" }]) {
      expect(await amy.emitWithAck("report", wrong)).toMatchObject({ code: "malformed" });
    }
    expect(await amy.emitWithAck("report", { ...CONNECTED, room: "x" })).toEqual({ type: "ok" });
    expect(reports).toEqual([CONNECTED]);
  });

  it("end somewhere", async () => {
    const amy = visit();
    await join(amy, "tea");
    const answers = await Promise.all(
      Array.from({ length: 66 }, () => amy.emitWithAck("report", { outcome: "failed" })),
    );
    expect(answers.filter(({ code }) => code === "rate-limited")).toHaveLength(2);
    expect(reports).toHaveLength(64);
  });
});

describe("the log", () => {
  it("knows calls by an id, and neither rooms nor people", async () => {
    const [amy, bob] = [visit(), visit()];
    await join(amy, "tea-at-five");
    await join(bob, "tea-at-five");
    await amy.emitWithAck("report", CONNECTED);
    await bob.emitWithAck("bye");
    await amy.emitWithAck("bye");
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ msg: "a call ended" }), WAIT);
    const calls = lines.filter(({ call }) => call !== undefined);
    expect(calls.map(({ msg }) => msg)).toEqual([
      "a call began",
      "a client reported how connecting went",
      "a call ended",
    ]);
    expect(new Set(calls.map(({ call }) => call)).size).toBe(1);
    expect(calls[0]?.call).toMatch(/^[0-9a-f]{12}$/);
    expect(calls.at(-1)).toMatchObject({ peers: 2, seconds: 0 });
    expect(JSON.stringify(lines)).not.toMatch(/tea-at-five|Amy|127\.0\.0\.1|amysphone/);
  });
});
