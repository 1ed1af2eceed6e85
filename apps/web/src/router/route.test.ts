import { describe, expect, it } from "vitest";
import { inviteLink, parseRoute, roomPath, transferLink } from "./route.ts";

function route(path: string): ReturnType<typeof parseRoute> {
  return parseRoute(new URL(path, "https://call.example"));
}

describe("addresses", () => {
  it("name the start page", () => {
    expect(route("/")).toEqual({ name: "start" });
    expect(route("/?lang=zh")).toEqual({ name: "start" });
  });

  it("name the doctor", () => {
    expect(route("/doctor?lang=zh")).toEqual({ name: "doctor" });
  });

  it("name a room, with its lobby first and devices on", () => {
    expect(route("/r/kitchen")).toEqual({
      name: "room",
      room: "kitchen",
      entry: {
        ...{ autojoin: false, name: undefined, audio: undefined, video: undefined },
        password: undefined,
      },
    });
    expect(route("/r/kitchen/")).toMatchObject({ room: "kitchen" });
  });

  it("go straight into the call when they say so", () => {
    expect(route("/r/kitchen?autojoin=1&name=%20Amy%20&audio=0&video=1")).toMatchObject({
      entry: { autojoin: true, name: "Amy", audio: false, video: true },
    });
  });

  it("cut a name to what the protocol carries, and take an empty one as none", () => {
    expect(route(`/r/a?name=${"x".repeat(99)}`)).toMatchObject({ entry: { name: "x".repeat(64) } });
    expect(route("/r/a?name=%20")).toMatchObject({ entry: { name: undefined } });
  });

  it("have the room's password in the fragment alone", () => {
    expect(route("/r/a?password=no#password=open%20sesame")).toMatchObject({
      entry: { password: "open sesame" },
    });
    expect(route("/r/a?password=no")).toMatchObject({ entry: { password: undefined } });
  });

  it("meet under one name whatever the case and script", () => {
    expect(route("/r/K%C3%BCche")).toMatchObject({ room: "küche" });
    expect(route(roomPath("茶室"))).toMatchObject({ room: "茶室" });
  });

  it.each([
    ["/r/two%20words", "bad-character"],
    ["/r/%E0%A4%A", "bad-character"],
    [`/r/${"x".repeat(65)}`, "too-long"],
  ] as const)("tell that %s is no name for a room", (path, fault) => {
    expect(route(path)).toEqual({ name: "bad-room", fault });
  });

  it.each(["/r", "/r/a/b", "/doctor/x"])("tell that there is nothing at %s", (path) => {
    expect(route(path)).toEqual({ name: "not-found" });
  });

  it("send and receive files, with a code or without", () => {
    expect(route("/send")).toEqual({ name: "transfer", direction: "send", code: "" });
    expect(route("/receive/#4821-beacon-mosaic-tulip")).toEqual({
      ...{ name: "transfer", direction: "receive", code: "4821-beacon-mosaic-tulip" },
    });
    expect(transferLink("https://call.example", "send", "4821-a-b-c")).toBe(
      "https://call.example/send#4821-a-b-c",
    );
  });

  it("invite with the room and nothing of one's own entry", () => {
    expect(inviteLink("https://call.example", "茶室")).toBe(
      "https://call.example/r/%E8%8C%B6%E5%AE%A4",
    );
  });

  it("carry a password in the fragment, whatever is in it, and nowhere else", () => {
    const password = "a+b &c=#%/茶";
    const link = inviteLink("https://call.example", "tea", password);
    expect(parseRoute(new URL(link))).toMatchObject({ room: "tea", entry: { password } });
    expect(new URL(link)).toMatchObject({ pathname: "/r/tea", search: "" });
    expect(route("/r/tea?password=secret")).toMatchObject({ entry: { password: undefined } });
  });
});
