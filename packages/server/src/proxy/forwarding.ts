import type { IncomingMessage, Server } from "node:http";
import { AddressRanges, plainAddress } from "./address-ranges.ts";

/** Reads the X-Forwarded-* headers of requests, and believes only those that a trusted proxy wrote. */
export class Forwarding {
  readonly #proxies: AddressRanges;

  /** `proxies` are addresses and ranges; where there are none, no header is believed. */
  constructor(proxies: readonly string[]) {
    this.#proxies = new AddressRanges(proxies);
  }

  /**
   * The address of who really asks. Every proxy appends the address it was asked from, so that the list is
   * read from its end, up to the first address that is no proxy of ours: what stands before it is hearsay.
   */
  clientAddress(request: IncomingMessage): string {
    let address = peerAddress(request);
    const hops = listOf(request.headers["x-forwarded-for"]);
    while (this.#proxies.contains(address)) {
      const hop = hops.pop();
      const next = hop === undefined ? undefined : plainAddress(withoutPort(hop));
      if (next === undefined) break;
      address = next;
    }
    return address;
  }

  /** Whether a request claims to have been forwarded by somebody who is not trusted. */
  isDubious(request: IncomingMessage): boolean {
    return claimsToBeForwarded(request) && !this.#isTrusted(request);
  }

  /** Whether a request came through a trusted proxy. */
  isForwarded(request: IncomingMessage): boolean {
    return claimsToBeForwarded(request) && this.#isTrusted(request);
  }

  /**
   * Gives the requests of a server the Host that their browser asked for, where a trusted proxy tells it.
   * Comes last, after everything that listens to the server.
   */
  restoreHost(server: Server): void {
    const restore = (request: IncomingMessage): void => {
      const host = listOf(request.headers["x-forwarded-host"]).at(-1);
      if (host !== undefined && this.#isTrusted(request)) request.headers.host = host;
    };
    server.prependListener("request", restore).prependListener("upgrade", restore);
  }

  #isTrusted(request: IncomingMessage): boolean {
    return this.#proxies.contains(peerAddress(request));
  }
}

const HEADERS = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];

function claimsToBeForwarded({ headers }: IncomingMessage): boolean {
  return [...HEADERS, "forwarded"].some((name) => headers[name] !== undefined);
}

function peerAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? "";
  return plainAddress(address) ?? address;
}

/** A header that stands there several times is one list (RFC 9110 §5.3). */
function listOf(header: string | readonly string[] | undefined): string[] {
  if (header === undefined) return [];
  return [header].flat().flatMap((part) => part.split(",").map((text) => text.trim()));
}

/** Some proxies write `203.0.113.7:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::[0-9]+)?$/.exec(hop)?.[1] ?? /^([0-9.]+):[0-9]+$/.exec(hop)?.[1] ?? hop;
}
