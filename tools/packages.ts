import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The programs of other people that interop tests start, and the Debian packages that bring them. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  "firefox-esr": "firefox-esr",
  ip: "iproute2",
  nft: "nftables",
  nginx: "nginx",
  openssl: "openssl",
  stun: "stun-client",
  "systemd-analyze": "systemd",
  turnserver: "coturn",
};

/** Debian packages without a program to look for: what our peers in Python load. */
export const LIBRARIES: readonly string[] = [
  "gir1.2-gst-plugins-bad-1.0",
  "gstreamer1.0-nice",
  "gstreamer1.0-plugins-bad",
  "gstreamer1.0-plugins-good",
  "python3-aiortc",
  "python3-gst-1.0",
];

/**
 * Installs what is missing, where that is possible (root on Debian), and answers with the programs that
 * are missing still. Takes no time where all are there.
 */
export function installPackages(): readonly string[] {
  const missing = missingPrograms([...Object.keys(PROGRAMS), ...LIBRARIES]);
  if (missing.length === 0 || process.getuid?.() !== 0 || !isDebian()) return missing;
  const packages = missing.map((program) => PROGRAMS[program] ?? program);
  process.stderr.write(`Installing what the interop tests need: ${packages.join(", ")}\n`);
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

/** Those of some programs and libraries that this machine does not have. */
export function missingPrograms(programs: readonly string[]): readonly string[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const libraries = installedLibraries(programs.filter((name) => LIBRARIES.includes(name)));
  return programs.filter((name) =>
    LIBRARIES.includes(name)
      ? !libraries.includes(name)
      : !folders.some((folder) => folder !== "" && isExecutable(join(folder, name))),
  );
}

function installedLibraries(libraries: readonly string[]): readonly string[] {
  if (libraries.length === 0) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
  const format = "${db:Status-Status} ${Package}\n";
  const { stdout } = spawnSync("dpkg-query", ["--show", "-f", format, ...libraries], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (stdout ?? "").split("\n").flatMap((line) => /^installed (.*)$/.exec(line)?.[1] ?? []);
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
