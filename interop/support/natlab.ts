import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const folder = process.env.NATLAB_DIR ?? resolve(import.meta.dirname, "../../../shared/natlab");

/**
 * The laboratory of network namespaces: a public server with two addresses, and hosts behind routers of each
 * kind. It is not part of this repository: NATLAB_DIR names it.
 */
export class NatLab {
  readonly env: NodeJS.ProcessEnv;
  /** The program that builds it, and runs others on its hosts. */
  readonly program: string = join(folder, "lab");
  /** Chromium on the host that NATLAB_HOST names. */
  readonly chromium: string = join(folder, "chromium-in");

  private constructor(prefix: string) {
    this.env = { ...process.env, NATLAB: prefix };
  }

  /** Builds a laboratory of its own under a prefix; answers why where it cannot be built. */
  static async up(prefix: string, hosts: readonly string[]): Promise<NatLab | string> {
    const lab = new NatLab(prefix);
    if (!existsSync(lab.program)) return `there is no NAT laboratory at ${folder}; set NATLAB_DIR`;
    if (process.getuid?.() !== 0) return "network namespaces need root";
    try {
      await lab.run("up", ...hosts);
      return lab;
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      // What this machine lacks is a reason to skip; anything else is a fault of ours.
      if (!/not found; install|cannot create network|this kernel cannot/.test(stderr)) throw error;
      return stderr.trim();
    }
  }

  /** `lab ARGS`; answers what it wrote. */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.program, [...args], { env: this.env });
    return stdout;
  }

  /** Removes it, and ends what runs inside. */
  async down(): Promise<void> {
    await this.run("down");
  }
}
