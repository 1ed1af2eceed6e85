import {
  type Crypto,
  type Instant,
  type Machine,
  type Output,
  Outputs,
  sameAddress,
  type TransportAddress,
} from "../wire/index.ts";
import { ChangeRequest, ResponsePort } from "./behaviour-attributes.ts";
import { type Answer, BehaviourProbe, type ProbePacket } from "./behaviour-probe.ts";
import { BindingLifetimeSearch } from "./binding-lifetime.ts";
import type { Retransmission } from "./client-transaction.ts";
import type { MessageWriter } from "./message-writer.ts";
import { classicName, type NatDependence, type NatReport } from "./nat-report.ts";

/** What is to be found out, from where, with whose help. */
export interface NatBehaviourOptions {
  readonly crypto: Crypto;
  /** A STUN server; one that supports RFC 5780 (or RFC 3489) with two addresses tells everything. */
  readonly server: TransportAddress;
  /** The address of the main socket. */
  readonly local: TransportAddress;
  /** Measure how long a binding lives, up to so long; takes several times as long. */
  readonly lifetimeUpToMs?: number;
  /** How often and how long each test is tried. */
  readonly retransmission?: Retransmission;
}

/** The one event of NAT behaviour discovery: all is known that can be known. */
export interface NatBehaviourEvent {
  readonly type: "report";
  readonly report: NatReport;
}

/** A test is over after 3.1 s of silence; what does not come by then is taken as filtered. */
export const probeRetransmission: Retransmission = { rtoMs: 300, attempts: 4, lastWait: 4 };

/**
 * Finds out how NATs and firewalls on the way behave (RFC 5780 §4), and the name that RFC 3489 had for
 * it. The filtering tests come before the mapping tests, because those write to the server's
 * other address and so open the very filter that is to be tested.
 */
export class NatBehaviour implements Machine<ProbePacket, NatBehaviourEvent> {
  readonly #options: NatBehaviourOptions;
  readonly #outputs = new Outputs<ProbePacket, NatBehaviourEvent>();
  #step: Step = "reach";
  #probes: BehaviourProbe[] = [];
  #lifetime: BindingLifetimeSearch | undefined;
  #wakeAt: Instant | undefined;

  #mapped: TransportAddress | undefined;
  /** The server's other address. */
  #other: TransportAddress | undefined;
  #secondMapped: TransportAddress | undefined;
  #mapping: NatDependence | undefined;
  #filtering: NatDependence | undefined;
  #hairpinning: boolean | undefined;
  #isRewritten = false;

  constructor(options: NatBehaviourOptions, now: Instant) {
    this.#options = options;
    this.#enter(now);
    this.#drain(now);
  }

  get deadline(): Instant | undefined {
    let earliest = this.#wakeAt;
    for (const { deadline } of this.#probes) {
      if (deadline !== undefined && (earliest === undefined || deadline < earliest)) {
        earliest = deadline;
      }
    }
    return earliest;
  }

  receive(packet: ProbePacket, now: Instant): void {
    for (const probe of this.#probes) probe.receive(packet, now);
    this.#drain(now);
  }

  handleTimeout(now: Instant): void {
    for (const probe of this.#probes) probe.handleTimeout(now);
    if (this.#wakeAt !== undefined && this.#wakeAt <= now) {
      this.#wakeAt = undefined;
      const port = this.#secondMapped?.port ?? 0;
      this.#probe(this.#options.server, now, (writer) => writer.add(ResponsePort, port));
    }
    this.#drain(now);
  }

  poll(): Output<ProbePacket, NatBehaviourEvent> | undefined {
    return this.#outputs.poll();
  }

  #drain(now: Instant): void {
    for (;;) {
      for (const probe of this.#probes) {
        for (const packet of probe.takePackets()) this.#outputs.packet(packet);
      }
      const isWaiting = this.#wakeAt !== undefined || this.#step === "done";
      if (isWaiting || this.#probes.some((probe) => probe.answer === undefined)) return;
      const answers = this.#probes.map((probe) => probe.answer as Answer);
      this.#probes = [];
      this.#step = this.#conclude(answers as [Answer, Answer]);
      this.#enter(now);
    }
  }

  /** All tests of a step are over: what they tell, and the next step. */
  #conclude([first, second]: readonly [Answer, Answer]): Step {
    switch (this.#step) {
      case "reach":
        return this.#concludeReach(first);
      case "filter":
        return this.#concludeFilter(first, second);
      case "map-ip":
        return this.#concludeMapIp(first);
      case "map-port":
        return this.#concludeMapPort(first);
      case "hairpin":
        this.#hairpinning = first.type === "echo";
        return this.#lifetimeStep;
      case "lifetime-open":
        return this.#concludeOpen(first);
      case "lifetime-test":
        return this.#concludeLifetime(first);
      case "done":
        return "done";
    }
  }

  /** Starts what the current step is about. */
  #enter(now: Instant): void {
    const { server, lifetimeUpToMs } = this.#options;
    const other = this.#other ?? server;
    switch (this.#step) {
      case "reach":
        this.#probe(server, now);
        break;
      case "filter":
        // Both at once: neither writes to where an answer comes from.
        this.#probe(server, now, (writer) => writer.add(ChangeRequest, { ip: true, port: true }));
        this.#probe(server, now, (writer) => writer.add(ChangeRequest, { ip: false, port: true }));
        break;
      case "map-ip":
        this.#probe({ ip: other.ip, port: server.port }, now);
        break;
      case "map-port":
        this.#probe(other, now);
        break;
      case "hairpin":
        this.#probe(this.#mapped as TransportAddress, now);
        break;
      case "lifetime-open":
        this.#lifetime ??= new BindingLifetimeSearch(lifetimeUpToMs ?? 0);
        this.#probe(server, now, undefined, "second");
        break;
      case "lifetime-test":
        this.#wakeAt = now + (this.#lifetime?.next ?? 0);
        break;
      case "done":
        this.#outputs.event({ type: "report", report: this.#report() });
    }
  }

  #probe(
    to: TransportAddress,
    now: Instant,
    write: (writer: MessageWriter) => void = () => undefined,
    socket: "main" | "second" = "main",
  ): void {
    const { crypto, retransmission = probeRetransmission } = this.#options;
    this.#probes.push(new BehaviourProbe({ crypto, socket, to, retransmission, write }, now));
  }

  /** Test I of RFC 5780 §4.3: is anybody there, and how do they see us? */
  #concludeReach(answer: Answer): Step {
    if (answer.type !== "response" || answer.mapped === undefined) return "done";
    this.#mapped = answer.mapped;
    this.#other = answer.other;
    this.#isRewritten = answer.isRewritten;
    return answer.other === undefined ? this.#hairpinStep : "filter";
  }

  /** Tests II and III of RFC 5780 §4.4: an answer from the other address, or from the other port. */
  #concludeFilter(both: Answer, port: Answer): Step {
    const { server } = this.#options;
    const fromBoth = both.type === "response" && both.from.ip !== server.ip;
    const fromPort = port.type === "response" && port.from.port !== server.port;
    // An answer from where it should not come from: the server cannot change, so it tells nothing.
    const isHonest = (both.type === "silence" || fromBoth) && (port.type === "silence" || fromPort);
    if (isHonest) {
      if (fromBoth) this.#filtering = "endpoint-independent";
      else this.#filtering = fromPort ? "address-dependent" : "address-and-port-dependent";
    }
    return this.#isTranslated ? "map-ip" : this.#lifetimeStep;
  }

  /** Test II of RFC 5780 §4.3: the other address, the same port. */
  #concludeMapIp(answer: Answer): Step {
    if (answer.type !== "response" || answer.mapped === undefined) return "hairpin";
    this.#secondMapped = answer.mapped;
    if (!sameAddress(answer.mapped, this.#mapped as TransportAddress)) return "map-port";
    this.#mapping = "endpoint-independent";
    return "hairpin";
  }

  /** Test III of RFC 5780 §4.3: the other address, the other port. */
  #concludeMapPort(answer: Answer): Step {
    if (answer.type === "response" && answer.mapped !== undefined) {
      const isSame = sameAddress(answer.mapped, this.#secondMapped as TransportAddress);
      this.#mapping = isSame ? "address-dependent" : "address-and-port-dependent";
    }
    return "hairpin";
  }

  /** RFC 5780 §4.5: a request to our own outer address should come back to us, if there is a NAT. */
  get #hairpinStep(): Step {
    return this.#isTranslated ? "hairpin" : this.#lifetimeStep;
  }

  /** RFC 5780 §4.6: a second socket gets a binding, or refreshes the one that it has. */
  get #lifetimeStep(): Step {
    return this.#options.lifetimeUpToMs === undefined ? "done" : "lifetime-open";
  }

  #concludeOpen(answer: Answer): Step {
    if (answer.type !== "response" || answer.mapped === undefined) return "done";
    this.#secondMapped = answer.mapped;
    return "lifetime-test";
  }

  /** After the silence, the main socket has asked the server to answer to the second one's binding. */
  #concludeLifetime(answer: Answer): Step {
    const isTold = answer.type === "response" && answer.socket === "second";
    // Answered to the main socket: the server does not know RESPONSE-PORT.
    if (!isTold && answer.type !== "silence") {
      this.#lifetime = undefined;
      return "done";
    }
    this.#lifetime?.take(isTold);
    return this.#lifetime?.next === undefined ? "done" : "lifetime-open";
  }

  get #isTranslated(): boolean {
    return this.#mapped !== undefined && !sameAddress(this.#mapped, this.#options.local);
  }

  #report(): NatReport {
    const found = {
      local: this.#options.local,
      mapped: this.#mapped,
      isTranslated: this.#isTranslated,
      mapping: this.#mapping,
      filtering: this.#filtering,
      hairpinning: this.#hairpinning,
      isRewritten: this.#isRewritten,
      lifetime: this.#lifetime?.result,
    };
    return { ...found, classic: classicName(found) };
  }
}

/** The steps in their order; a step that has nothing to say is left out. */
type Step =
  | "reach"
  | "filter"
  | "map-ip"
  | "map-port"
  | "hairpin"
  | "lifetime-open"
  | "lifetime-test"
  | "done";
