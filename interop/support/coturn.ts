import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/**
 * Makes sure that coturn's programs are there, installing Debian's package where that can be done;
 * answers why they are not where they are not. In CI that is an error.
 */
export function missingCoturn(): string | undefined {
  if (hasCoturn()) return undefined;
  installDebianPackage();
  if (hasCoturn()) return undefined;
  const reason = "coturn's programs are not installed (Debian: apt-get install coturn)";
  if (process.env.CI) throw new Error(reason);
  return reason;
}

/** What coturn's client has done. */
export interface ClientRun {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** All that it printed. */
  readonly output: string;
}

/** Runs `turnutils_uclient`; its exit code says little, its counts of bytes say all. */
export async function runClient(args: readonly string[]): Promise<ClientRun> {
  const output = await printed("turnutils_uclient", args);
  const totals = /start_mclient: tot_send_bytes ~ (\d+), tot_recv_bytes ~ (\d+)/.exec(output);
  return {
    sentBytes: Number(totals?.[1] ?? 0),
    receivedBytes: Number(totals?.[2] ?? 0),
    output,
  };
}

/** Starts `turnutils_peer`, which sends every datagram back where it came from. */
export function startPeer(ip: string, port: number): ChildProcess {
  return spawn("turnutils_peer", ["-L", ip, "-p", `${port}`], { stdio: "ignore" });
}

async function printed(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, {
      timeout: 45_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== "number") throw error;
    return stdout + stderr;
  }
}

function hasCoturn(): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return programs.every((program) => folders.some((folder) => isProgram(join(folder, program))));
}

const programs = ["turnutils_uclient", "turnutils_peer"];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installDebianPackage(): void {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  process.stderr.write("No coturn found: installing Debian's package, for its client\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "coturn"]]) {
    spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  }
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
