import { CookieExchange, type LocalCertificate } from "../../dtls/index.ts";
import type { DatagramReceiver, StreamReceiver, StreamSocket } from "../../turn/index.ts";
import { formatAddress, type Instant } from "../../wire/index.ts";
import { nodeDtlsCrypto } from "../dtls-crypto.ts";
import type { EngineSocket } from "../udp/udp-engine.ts";
import { DtlsClient, turnDtlsVersions } from "./dtls-client.ts";
import { StreamAdmission, type StreamLimits } from "./stream-admission.ts";

/** What the DTLS clients of a server need. */
export interface DtlsClientsOptions {
  readonly certificate: LocalCertificate;
  readonly limits: StreamLimits;
  /** Memory for a datagram to be sent. */
  readonly buffer: (length: number) => Uint8Array;
  readonly accept: (socket: StreamSocket, now: Instant) => StreamReceiver;
  readonly settle: () => void;
}

/** All clients of a server that came by DTLS, on whichever of its UDP sockets. */
export class DtlsClients {
  certificate: LocalCertificate;
  readonly admission: StreamAdmission;
  readonly cookies: CookieExchange = new CookieExchange(nodeDtlsCrypto, {
    versions: turnDtlsVersions,
  });
  readonly options: DtlsClientsOptions;
  readonly #listeners: DtlsListener[] = [];

  constructor(options: DtlsClientsOptions) {
    this.options = options;
    this.certificate = options.certificate;
    this.admission = new StreamAdmission(options.limits);
  }

  /** Stands before what takes the other datagrams of a socket. */
  listen(socket: EngineSocket, others: DatagramReceiver): DatagramReceiver {
    const listener = new DtlsListener(this, socket, others);
    this.#listeners.push(listener);
    return listener;
  }

  /** Takes other limits for the clients that come. */
  changeLimits(limits: Partial<StreamLimits>): void {
    this.admission.limits = { ...this.admission.limits, ...limits };
  }

  close(): void {
    for (const listener of this.#listeners) listener.close();
  }
}

/** A datagram that starts with 20 to 63 is DTLS (RFC 7983 §7). */
export function isDtls(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 20 && byte <= 63;
}

/**
 * DTLS beside STUN and TURN on one UDP socket. A client that is not known is asked for a cookie, and
 * nothing is kept of it until it has shown one; a connection that is known ends by its client, by
 * the server when it is idle, or by its handshake's patience.
 */
class DtlsListener implements DatagramReceiver {
  readonly #clients: DtlsClients;
  readonly #socket: EngineSocket;
  readonly #others: DatagramReceiver;
  readonly #byIp = new Map<string, Map<number, DtlsClient>>();

  constructor(clients: DtlsClients, socket: EngineSocket, others: DatagramReceiver) {
    this.#clients = clients;
    this.#socket = socket;
    this.#others = others;
  }

  receive(
    bytes: Uint8Array,
    start: number,
    end: number,
    ip: string,
    port: number,
    now: Instant,
  ): void {
    if (!isDtls(bytes[start]) || start === end) {
      this.#others.receive(bytes, start, end, ip, port, now);
      return;
    }
    const packet = bytes.subarray(start, end);
    const known = this.#byIp.get(ip)?.get(port);
    const isNew = known === undefined || known.isFollowedBy(packet);
    if (isNew) this.#admit(packet, ip, port, now);
    else known.receive(packet);
  }

  close(): void {
    for (const ports of this.#byIp.values()) {
      for (const client of ports.values()) client.close();
    }
  }

  #admit(packet: Uint8Array, ip: string, port: number, now: Instant): void {
    const { cookies, admission, certificate, options } = this.#clients;
    const remote = { ip, port };
    const verdict = cookies.judge(packet, formatAddress(remote), now);
    if (verdict.type === "challenge" || verdict.type === "refuse") {
      this.#socket.send(verdict.packet, 0, verdict.packet.length, remote);
    }
    if (verdict.type !== "accept") return;
    // A client that was here before and has lost its state shows by the cookie that it is no forgery.
    this.#byIp.get(ip)?.get(port)?.abandon();
    if (!admission.enter(ip)) return;
    const hello = { packet: verdict.packet ?? packet, retried: verdict.retried };
    const client = new DtlsClient(this.#socket, remote, hello, certificate, options.buffer, {
      connected: options.accept,
      settle: options.settle,
      ended: () => this.#forget(ip, port),
    });
    const ports = this.#byIp.get(ip);
    if (ports === undefined) this.#byIp.set(ip, new Map([[port, client]]));
    else ports.set(port, client);
    client.receive(hello.packet);
  }

  #forget(ip: string, port: number): void {
    const ports = this.#byIp.get(ip);
    ports?.delete(port);
    if (ports?.size === 0) this.#byIp.delete(ip);
    this.#clients.admission.leave(ip);
  }
}
