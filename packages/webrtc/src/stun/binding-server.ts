import type { TransportAddress } from "../wire/index.ts";
import {
  ErrorCode,
  MappedAddress,
  Software,
  UnknownAttributes,
  Username,
  XorMappedAddress,
} from "./attributes.ts";
import {
  ChangedAddress,
  ChangeRequest,
  OtherAddress,
  Padding,
  ResponseOrigin,
  ResponsePort,
  SourceAddress,
} from "./behaviour-attributes.ts";
import { bindingMethod, integritySha256Type, integrityType, type StunMessage } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/** One of the up to four sockets of a server that tells NAT behaviour (RFC 5780 §6). */
export interface Endpoint {
  readonly ip: "primary" | "alternate";
  readonly port: "primary" | "alternate";
}

/** How Binding requests are answered. */
export interface BindingServerOptions {
  /**
   * Both addresses as the internet sees them, differing in IP and in port: turns on RFC 5780. Every
   * answer then names them, so that it is larger than the 40 bytes of a plain one.
   */
  readonly behaviour?: {
    readonly primary: TransportAddress;
    readonly alternate: TransportAddress;
  };
  /** Answer RFC 3489 too: its requests carry no cookie, so anything may look like one. */
  readonly classic?: boolean;
  /** SOFTWARE in answers; none by default, so that a spoofed request reflects as little as can be. */
  readonly software?: string;
}

/** Where an answer goes, and from which of the server's sockets. */
export interface BindingRoute {
  readonly to: TransportAddress;
  readonly via: Endpoint;
}

/** The endpoint of a server that has only one. */
export const primaryEndpoint: Endpoint = { ip: "primary", port: "primary" };

/**
 * Answers Binding requests without any state (RFC 8489 §6.3.1, RFC 5780 §6). A plain request of 20 bytes
 * is answered with 32 (44 over IPv6), and FINGERPRINT if it had one.
 */
export class BindingServer {
  readonly #options: BindingServerOptions;
  readonly #known: ReadonlySet<number>;

  constructor(options: BindingServerOptions = {}) {
    this.#options = options;
    this.#known = new Set(options.behaviour ? [...plain, ...behavioural] : plain);
  }

  /** Writes the answer to a message that came to `endpoint`; `undefined` where it deserves none. */
  answer(
    message: StunMessage,
    from: TransportAddress,
    writer: MessageWriter,
    endpoint: Endpoint = primaryEndpoint,
  ): BindingRoute | undefined {
    if (message.class !== "request" || message.method !== bindingMethod) return undefined;
    if (message.isClassic && this.#options.classic !== true) return undefined;
    const back: BindingRoute = { to: from, via: endpoint };
    if (from.port === 0) return undefined;

    // Step 1: what has to be understood, and is not.
    const unknown = message.isClassic ? [] : message.unknownRequired(this.#known);
    if (unknown.length > 0) {
      writer.beginResponse(message, "error").add(ErrorCode, { code: 420, reason: "" });
      writer.add(UnknownAttributes, unknown);
      return this.#finish(message, writer, back);
    }

    // Step 2: what makes no sense.
    const refused = message.isMalformed(ChangeRequest) || message.isMalformed(ResponsePort);
    if (refused || (message.has(ResponsePort) && message.has(Padding))) {
      writer.beginResponse(message, "error").add(ErrorCode, { code: 400, reason: "" });
      return this.#finish(message, writer, back);
    }

    // Step 3: where the answer leaves and where it goes (RFC 5780 §6.1).
    const route = this.#route(message, from, endpoint);
    writer.beginResponse(message, "success");
    if (message.isClassic) writer.add(MappedAddress, from);
    else writer.add(XorMappedAddress, from);
    this.#addBehaviour(message, from, writer, route.via, endpoint);
    return this.#finish(message, writer, route);
  }

  #route(message: StunMessage, from: TransportAddress, endpoint: Endpoint): BindingRoute {
    const { behaviour } = this.#options;
    if (behaviour === undefined) return { to: from, via: endpoint };
    const change = message.value(ChangeRequest);
    const via: Endpoint = {
      ip: change?.ip ? other(endpoint.ip) : endpoint.ip,
      port: change?.port ? other(endpoint.port) : endpoint.port,
    };
    const port = message.isClassic ? undefined : message.value(ResponsePort);
    return { to: port ? { ip: from.ip, port } : from, via };
  }

  /** RESPONSE-ORIGIN, OTHER-ADDRESS and PADDING, or what RFC 3489 called them (RFC 5780 §6.1). */
  #addBehaviour(
    message: StunMessage,
    from: TransportAddress,
    writer: MessageWriter,
    via: Endpoint,
    endpoint: Endpoint,
  ): void {
    const { behaviour } = this.#options;
    if (behaviour === undefined) return;
    const origin = {
      ip: behaviour[via.ip].ip,
      port: behaviour[via.port].port,
    };
    const otherAddress = {
      ip: behaviour[other(endpoint.ip)].ip,
      port: behaviour[other(endpoint.port)].port,
    };
    if (message.isClassic) {
      writer.add(SourceAddress, origin).add(ChangedAddress, otherAddress);
      return;
    }
    // Both forms of the client's address: where they differ, somebody rewrites addresses (§4.7).
    writer.add(MappedAddress, from);
    writer.add(ResponseOrigin, origin).add(OtherAddress, otherAddress);
    // As long as the request's own: the test works, and nothing is amplified.
    const padding = message.value(Padding);
    if (padding !== undefined) writer.add(Padding, new Uint8Array(padding.length));
  }

  #finish(message: StunMessage, writer: MessageWriter, route: BindingRoute): BindingRoute {
    if (this.#options.software !== undefined) writer.add(Software, this.#options.software);
    if (message.fingerprintAt >= 0 && !message.isClassic) writer.addFingerprint();
    return route;
  }
}

/** Credentials may be there: without a mechanism in use they say nothing (RFC 8489 §9). */
const plain = [Username.type, integrityType, integritySha256Type];

const behavioural = [ChangeRequest.type, ResponsePort.type, Padding.type];

function other(which: "primary" | "alternate"): "primary" | "alternate" {
  return which === "primary" ? "alternate" : "primary";
}
