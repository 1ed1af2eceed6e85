import { describe, expect, it } from "vitest";
import { checkConfiguration, copyOf } from "./configuration.ts";

describe("a configuration", () => {
  it("lists the URLs of its servers, whichever way they were given", () => {
    const servers = [
      { urls: "stun:a.example" },
      { urls: ["turn:b.example"], username: "u", credential: "c" },
    ];
    expect(copyOf(checkConfiguration({ iceServers: servers })).iceServers).toEqual([
      { urls: ["stun:a.example"] },
      { urls: ["turn:b.example"], username: "u", credential: "c" },
    ]);
  });

  it("is not the caller's object, and gives none of its own away", () => {
    const urls = ["stun:a.example"];
    const checked = checkConfiguration({ iceServers: [{ urls }] });
    urls.push("stun:b.example");
    const told = copyOf(checked);
    told.iceServers?.pop();
    expect(copyOf(checked).iceServers).toEqual([{ urls: ["stun:a.example"] }]);
  });

  it("may be null, which stands for an empty one", () => {
    expect(checkConfiguration(null)).toEqual(checkConfiguration({}));
  });

  it.each([
    ["a number", 5],
    ["no list of servers", { iceServers: null }],
    ["a server that is none", { iceServers: [null] }],
    ["a certificate that is none", { certificates: [{}] }],
  ])("is refused where it is %s", (_, configuration) => {
    expect(() => checkConfiguration(configuration as object)).toThrow(TypeError);
  });

  it("takes no URL with a fragment", () => {
    expect(() => checkConfiguration({ iceServers: [{ urls: "stun:a.example#b" }] })).toThrow(
      expect.objectContaining({ name: "SyntaxError" }),
    );
  });
});
