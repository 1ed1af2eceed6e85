import { expect, test } from "vitest";
import { userDataFolder } from "./user-data-folder.ts";

test.each([
  ["linux", {}, "/home/amy/.local/share/tincan"],
  ["linux", { XDG_DATA_HOME: "/data" }, "/data/tincan"],
  ["linux", { XDG_DATA_HOME: "relative" }, "/home/amy/.local/share/tincan"],
  ["darwin", { XDG_DATA_HOME: "/data" }, "/home/amy/Library/Application Support/tincan"],
] as const)("on %s with %j", (platform, env, folder) => {
  expect(userDataFolder(env, platform, "/home/amy")).toBe(folder);
});
