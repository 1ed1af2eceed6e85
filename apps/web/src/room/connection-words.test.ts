import { describe, expect, it } from "vitest";
import { connectionWords, type PeerStanding } from "./connection-words.ts";

const amy: PeerStanding = { name: "Amy", here: true, connection: "connected" };
const bob: PeerStanding = { name: "Bob", here: true, connection: "connected" };

describe("the words for a connection", () => {
  it("wait for the other while nobody is there", () => {
    expect(connectionWords("connected", [])).toMatchObject({ key: "connection.waiting" });
  });

  it("are calm when all is well", () => {
    expect(connectionWords("connected", [amy, bob])).toEqual({
      key: "connection.connected",
      tone: "good",
    });
  });

  it("name the one who is not connected", () => {
    const words = connectionWords("connected", [amy, { ...bob, connection: "connecting" }]);
    expect(words).toEqual({ key: "connection.connecting", name: "Bob", tone: "waiting" });
  });

  it("put a broken connection before everything else", () => {
    const peers = [
      { ...amy, connection: "connecting" as const },
      { ...bob, connection: "failed" as const },
    ];
    expect(connectionWords("reconnecting", peers)).toMatchObject({
      key: "connection.failed",
      name: "Bob",
    });
  });

  it("tell a peer that is away from one whose media is interrupted", () => {
    const interrupted = { ...amy, connection: "interrupted" as const };
    expect(connectionWords("connected", [interrupted]).key).toBe("connection.interrupted");
    expect(connectionWords("connected", [{ ...interrupted, here: false }]).key).toBe(
      "connection.away",
    );
  });

  it("leave a peer alone whose picture goes on while its signaling is away", () => {
    expect(connectionWords("connected", [{ ...amy, here: false }]).tone).toBe("good");
  });

  it("tell that the server is lost", () => {
    expect(connectionWords("reconnecting", [amy]).key).toBe("connection.signaling");
    expect(connectionWords("reconnecting", []).key).toBe("connection.signaling");
  });
});
