import { randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type HealthOutcome, stunPairIn, type UpgradeOutcome } from "@tincan/doctor";
import { systemCode } from "../../server-error.ts";
import type { WebPlace } from "./probes.ts";
import { agentFor } from "./web-place.ts";

/** Asks whether the server is alive, what time it has, and whether it is Tincan. */
export async function probeHealth(place: WebPlace, signal: AbortSignal): Promise<HealthOutcome> {
  try {
    const health = await ask(place, "/healthz", signal);
    const polling = await ask(place, "/socket.io/?EIO=4&transport=polling", signal);
    const told = Date.parse(health.message.headers.date ?? "");
    const { statusCode: status = 0, headers } = health.message;
    return {
      type: "answered",
      status,
      date: Number.isNaN(told) ? undefined : told,
      // Many servers say that they are well; ours speaks Engine.IO too, whose handshake packet is "0{...}".
      isTincan: status === 200 && isWell(health.body) && isEngine(polling),
      software: String(headers.server ?? `HTTP ${status}`),
    };
  } catch (error) {
    return { type: "failed", why: reason(error) };
  }
}

/** Asks for a WebSocket (RFC 6455 §4.1) at socket.io's path, as a page of this server would. */
export function probeUpgrade(place: WebPlace, signal: AbortSignal): Promise<UpgradeOutcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const request = open(place, "/socket.io/?EIO=4&transport=websocket", signal, {
      connection: "Upgrade",
      upgrade: "websocket",
      origin: place.url.origin,
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
    });
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ type: "upgraded", ms: Math.round(performance.now() - start) });
    });
    request.once("response", async (message) => {
      const body = (await readShort(message)).slice(0, 80);
      resolve({ type: "answered", status: message.statusCode ?? 0, body });
    });
    request.once("error", (error) => resolve({ type: "failed", why: reason(error) }));
    request.end();
  });
}

/** The two STUN servers by which visitors of a server see their NAT; none where it is older, or has none. */
export async function askStunPair(
  place: WebPlace,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return stunPairIn(JSON.parse((await ask(place, "/nat.json", signal)).body));
  } catch {
    return [];
  }
}

interface Answered {
  readonly message: IncomingMessage;
  readonly body: string;
}

function ask(place: WebPlace, path: string, signal: AbortSignal): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = open(place, path, signal, {});
    request.once("response", async (message) =>
      resolve({ message, body: await readShort(message) }),
    );
    request.once("error", reject);
    request.end();
  });
}

function open(
  place: WebPlace,
  path: string,
  signal: AbortSignal,
  headers: Record<string, string>,
): ClientRequest {
  const request = place.url.protocol === "https:" ? requestHttps : requestHttp;
  return request(new URL(path, place.url), { agent: agentFor(place), signal, headers });
}

/** The beginning of a body: whoever answers may go on for ever. */
async function readShort(message: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of message) {
      text += chunk;
      if (text.length > LONGEST_BODY) break;
    }
  } catch {
    // Broken off: what came is what is judged.
  }
  message.destroy();
  return text.slice(0, LONGEST_BODY);
}

const LONGEST_BODY = 4096;

function isWell(body: string): boolean {
  try {
    return JSON.parse(body)?.status === "ok";
  } catch {
    return false;
  }
}

function isEngine({ message, body }: Answered): boolean {
  return message.statusCode === 200 && body.startsWith("0{");
}

function reason(error: unknown): string {
  if (error instanceof Error && error.name === "AbortError") return "silent";
  return systemCode(error) ?? String(error);
}
