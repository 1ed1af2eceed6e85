/**
 * A data channel between two hosts of the network lab (NATLAB_DIR; root), over a line that the lab makes:
 * `node bench/datachannel/lab.ts [line = delay=25] [library...]`
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NatLab } from "../../interop/support/natlab.ts";
import { chosenLibraries, type LibraryName } from "./libraries.ts";
import { measureBetween } from "./two-sides.ts";

const [line = "delay=25", ...named] = process.argv.slice(2);
const names = chosenLibraries(named);
const lab = await NatLab.up("tincanbench", [`near=public,${line}`, "far=public"]);
if (typeof lab === "string") {
  process.stderr.write(`The network lab is needed, and ${lab}.\n`);
  process.exit(1);
}
try {
  for (const name of names) {
    const rates = await measure(lab, name);
    const each = rates.map((rate) => rate.toFixed(0).padStart(4)).join("");
    process.stdout.write(`${name.padEnd(18)} Mbit/s in each second:${each}\n`);
  }
} finally {
  await lab.down();
}

/** What arrived in each second, in Mbit/s. */
async function measure(lab: NatLab, name: LibraryName): Promise<readonly number[]> {
  const [from, to] = [startOn(lab, "near", name), startOn(lab, "far", name)];
  const rates = await measureBetween<readonly number[]>(from, to);
  for (const one of [from, to]) one.kill("SIGKILL");
  return rates ?? [];
}

function startOn(lab: NatLab, host: string, name: LibraryName): ChildProcess {
  const program = fileURLToPath(new URL("distance-peer.ts", import.meta.url));
  return spawn(lab.program, ["exec", host, process.execPath, program, name, "lab"], {
    env: lab.env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}
