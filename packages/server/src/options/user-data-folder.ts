import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Environment } from "./option.ts";

/** Where programs of this platform keep what belongs to one user. */
export function userDataFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "tincan");
  }
  if (platform === "darwin") return join(home, "Library", "Application Support", "tincan");
  // The XDG base directories: a relative path there is to be ignored.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".local", "share"), "tincan");
}
