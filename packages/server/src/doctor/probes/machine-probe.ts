import { once } from "node:events";
import { access, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { ownAddresses } from "../../turn/own-addresses.ts";
import type { Machine } from "../checks/machine.ts";

/** Looks at the machine that the doctor runs on. */
export async function probeMachine(port: number, host: string | undefined): Promise<Machine> {
  return {
    networkIps: ownAddresses().network,
    container: await containerKind(),
    openFiles: openFiles(await text("/proc/self/limits")),
    port: await portState(port, host),
  };
}

/** How many files a process may hold open, as /proc/self/limits has it. */
export function openFiles(limits: string | undefined): number | undefined {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? "")?.[1];
  if (found === undefined) return undefined;
  return found === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(found);
}

async function containerKind(): Promise<string | undefined> {
  if (await isThere("/.dockerenv")) return "docker";
  if (await isThere("/run/.containerenv")) return "podman";
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return "kubernetes";
  return undefined;
}

async function portState(port: number, host: string | undefined): Promise<Machine["port"]> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen({ port, ...(host !== undefined && { host }) });
    await listening;
    return "free";
  } catch {
    return "taken";
  } finally {
    server.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function text(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
