import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { now } from "../clock.ts";
import { decodeMdns, encodeAnswer, encodeQuery } from "./mdns-message.ts";

/** RFC 6762 §3. Over IPv4 only: it carries names of IPv6 addresses as well. */
const group = "224.0.0.251";
const port = 5353;
/** RFC 6762 §10 */
const answerTtlS = 120;
/** When a question is asked again, and when it is given up. */
const askedAtMs = [0, 250, 1000];
const patienceMs = 3000;
/** Names are chosen by whoever is talked to; so many are remembered or looked up, and no more. */
const maxKnown = 256;
const maxAsked = 64;

interface Question {
  readonly promise: Promise<string | undefined>;
  readonly answer: (ip: string | undefined) => void;
}

/** Multicast DNS (RFC 6762) as far as ICE uses it: names looked up, and names of our own answered for. */
export class MdnsEndpoint {
  readonly #known = new Map<string, { readonly ip: string; readonly until: number }>();
  readonly #own = new Map<string, string>();
  readonly #asked = new Map<string, Question>();
  readonly #onUnused: () => void;
  readonly #socket: Socket;
  readonly #ready: Promise<void>;
  #users = 0;

  constructor(onUnused: () => void) {
    this.#onUnused = onUnused;
    this.#socket = createSocket({ type: "udp4", reuseAddr: true });
    this.#socket.on("error", () => undefined);
    this.#socket.on("message", (bytes) => this.#receive(bytes));
    // A name that is looked up keeps no process alive.
    this.#socket.unref();
    this.#ready = new Promise((resolve) => {
      this.#socket.once("error", () => resolve());
      this.#socket.bind(port, () => {
        for (const ip of localIpv4()) this.#quietly(() => this.#socket.addMembership(group, ip));
        resolve();
      });
    });
  }

  use(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    for (const { answer } of this.#asked.values()) answer(undefined);
    this.#socket.close();
    this.#onUnused();
  }

  publish(name: string, ip: string): void {
    this.#own.set(name, ip);
  }

  unpublish(name: string): void {
    this.#own.delete(name);
  }

  /** The address of a name; `undefined` where nobody answers in time. */
  resolve(name: string): Promise<string | undefined> {
    const ip = this.#own.get(name) ?? this.#remembered(name);
    if (ip !== undefined) return Promise.resolve(ip);
    const asked = this.#asked.get(name);
    if (asked !== undefined) return asked.promise;
    if (this.#asked.size >= maxAsked) return Promise.resolve(undefined);
    let answer: Question["answer"] = () => undefined;
    const promise = new Promise<string | undefined>((resolve) => {
      const query = encodeQuery(name);
      const timers = askedAtMs.map((at) => setTimeout(() => void this.#send(query), at));
      timers.push(setTimeout(() => answer(undefined), patienceMs));
      answer = (found) => {
        for (const timer of timers) clearTimeout(timer);
        this.#asked.delete(name);
        resolve(found);
      };
    });
    this.#asked.set(name, { promise, answer });
    return promise;
  }

  #remembered(name: string): string | undefined {
    const known = this.#known.get(name);
    return known !== undefined && known.until > now() ? known.ip : undefined;
  }

  #receive(bytes: Uint8Array): void {
    const message = decodeMdns(bytes);
    if (!message.ok) return;
    for (const name of new Set(message.value.questions)) {
      const ip = this.#own.get(name);
      if (ip !== undefined) void this.#send(encodeAnswer({ name, ip, ttlS: answerTtlS }));
    }
    for (const { name, ip, ttlS } of message.value.answers) {
      // Only what was asked for is remembered.
      const question = this.#asked.get(name);
      if (question === undefined) continue;
      if (this.#known.size >= maxKnown) this.#known.clear();
      this.#known.set(name, { ip, until: now() + ttlS * 1000 });
      question.answer(ip);
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    await this.#ready;
    for (const ip of localIpv4()) {
      this.#quietly(() => {
        this.#socket.setMulticastInterface(ip);
        this.#socket.send(bytes, port, group, () => undefined);
      });
    }
  }

  /** An interface without multicast, or a socket that is closed: there is nobody to hear then. */
  #quietly(act: () => void): void {
    try {
      act();
    } catch {}
  }
}

let shared: MdnsEndpoint | undefined;

/** The endpoint that all connections of the process share; to be released. */
export function shareMdnsEndpoint(): MdnsEndpoint {
  shared ??= new MdnsEndpoint(() => {
    shared = undefined;
  });
  shared.use();
  return shared;
}

function localIpv4(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ family, address }) => (family === "IPv4" ? [address] : [])),
  );
}
