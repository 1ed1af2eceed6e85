import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What tests use of other people's work, and the Debian packages that bring it: programs by
 * their names, all else by where Debian puts it.
 */
export const PROGRAMS: Readonly<Record<string, string>> = {
  "/usr/lib/python3/dist-packages/aiortc": "python3-aiortc",
  "/usr/lib/python3/dist-packages/gi/overrides/Gst.py": "python3-gst-1.0",
  "/usr/share/doc/gir1.2-gst-plugins-bad-1.0": "gir1.2-gst-plugins-bad-1.0",
  "/usr/share/doc/gstreamer1.0-nice": "gstreamer1.0-nice",
  "/usr/share/doc/gstreamer1.0-plugins-bad": "gstreamer1.0-plugins-bad",
  "/usr/share/doc/gstreamer1.0-plugins-good": "gstreamer1.0-plugins-good",
  ffprobe: "ffmpeg",
  "firefox-esr": "firefox-esr",
  caddy: "caddy",
  ip: "iproute2",
  nft: "nftables",
  nginx: "nginx",
  openssl: "openssl",
  stun: "stun-client",
  "systemd-analyze": "systemd",
  turnserver: "coturn",
};

/**
 * Installs what is missing, where that is possible (root on Debian), and answers with the programs that
 * are missing still. Takes no time where all are there.
 */
export function installPackages(): readonly string[] {
  const missing = missingPrograms(Object.keys(PROGRAMS));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isDebian()) return missing;
  const packages = missing.map((program) => PROGRAMS[program] as string);
  process.stderr.write(`Installing what the tests need: ${packages.join(", ")}\n`);
  // Packages start their service when they are installed, unless this says no (invoke-rc.d(8)).
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const apt = (...args: string[]): void => {
    const options = ["-qq", "-o", "DPkg::Lock::Timeout=120"];
    spawnSync("apt-get", [...options, ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  apt("update");
  apt("install", "--yes", "--no-install-recommends", ...packages);
  return missingPrograms(missing);
}

/** Those of some programs that this machine does not have. */
export function missingPrograms(programs: readonly string[]): readonly string[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return programs.filter((program) =>
    program.startsWith("/")
      ? !existsSync(program)
      : !folders.some((folder) => folder !== "" && isExecutable(join(folder, program))),
  );
}

/** What to say of tests that cannot run for want of programs. */
export function packagesSentence(missing: readonly string[]): string {
  const packages = [...new Set(missing.map((program) => PROGRAMS[program] ?? program))];
  return `${missing.join(", ")} missing (Debian: apt-get install ${packages.join(" ")})`;
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
