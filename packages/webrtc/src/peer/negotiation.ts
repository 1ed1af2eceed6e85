import type { Media, Section, Session, Setup, TransportDescription } from "../sdp/index.ts";
import type { Crypto } from "../wire/index.ts";
import { dataSectionOf, transportOf } from "./data-section.ts";
import { type Described, describe, withLocalCandidates } from "./described.ts";
import { isOtherAssociation } from "./dtls-identity.ts";
import type { LocalCandidates, LocalParameters } from "./local-parameters.ts";
import { PeerError } from "./peer-error.ts";
import {
  newDataShape,
  type SectionShape,
  writeDataSection,
  writeRejectedSection,
} from "./section-writer.ts";
import {
  type DescriptionType,
  nextSignalingState,
  type Side,
  type SignalingState,
} from "./signaling-state.ts";

/** What offer and answer agree on, where they agree on data channels. */
export interface Agreement {
  readonly dtlsRole: "client" | "server";
  /** Whether this is the first DTLS association with this peer, or another one than before. */
  readonly isNew: boolean;
  readonly transport: TransportDescription;
  readonly section: Section;
}

/** A description of this side that was made and may be set. */
interface Made {
  readonly session: Session;
  readonly text: string;
  readonly ufrag: string;
}

/** Offer and answer for data channels (RFC 9429): which descriptions stand, which may follow, what they say. */
export class Negotiation {
  currentLocal: Described | undefined;
  pendingLocal: Described | undefined;
  currentRemote: Described | undefined;
  pendingRemote: Described | undefined;
  /** What is in force. Its role in DTLS stays for as long as its association does (RFC 8842 §5.5). */
  agreed: Agreement | undefined;
  readonly #sessionId: string;
  #version = 1;
  #state: SignalingState = "stable";
  #offer: (Made & { readonly wantsData: boolean }) | undefined;
  #answer: Made | undefined;
  #currentSession: Session | undefined;
  #pendingSession: Session | undefined;
  #mids = 0;

  constructor(crypto: Crypto) {
    // RFC 9429 §5.2.1: 62 random bits, so that no parser's signed 64 overflow.
    let id = 0n;
    for (const byte of crypto.random(8)) id = id * 256n + BigInt(byte);
    this.#sessionId = String(id >> 2n);
  }

  get state(): SignalingState {
    return this.#state;
  }

  get remote(): Described | undefined {
    return this.pendingRemote ?? this.currentRemote;
  }

  /** A local description before candidates are added. */
  localSession(which: "current" | "pending"): Session | undefined {
    return which === "current" ? this.#currentSession : this.#pendingSession;
  }

  /** The offer that was made last, while it says what another one would say (W3C webrtc §4.4.2). */
  lastOffer(ufrag: string, wantsData: boolean): string | undefined {
    const isSame = this.#offer?.ufrag === ufrag && this.#offer.wantsData === wantsData;
    return isSame ? this.#offer?.text : undefined;
  }

  /** The answer that was made last, while it says what another one would say (W3C webrtc §4.4.2). */
  lastAnswer(ufrag: string): string | undefined {
    return this.#answer?.ufrag === ufrag ? this.#answer.text : undefined;
  }

  /** Makes an offer (RFC 9429 §5.2): what stands, and a section for data channels if they are wanted. */
  createOffer(
    parameters: LocalParameters,
    wantsData: boolean,
    candidates: LocalCandidates,
  ): string {
    if (this.#state !== "stable" && this.#state !== "have-local-offer") {
      throw new PeerError("invalid-state", `No offer can be made in ${this.#state}.`);
    }
    const shapes = this.#offeredShapes(wantsData);
    const made = this.#make(
      shapes.map(({ shape, isData }) =>
        isData ? writeDataSection(shape, "actpass", parameters) : writeRejectedSection(shape),
      ),
      shapes.flatMap(({ shape, isData }) => (isData ? [shape.mid] : [])),
      parameters.credentials.ufrag,
      candidates,
    );
    this.#offer = { ...made, wantsData };
    return made.text;
  }

  /** Makes an answer (RFC 9429 §5.3): data channels are taken, everything else is rejected. */
  createAnswer(parameters: LocalParameters, candidates: LocalCandidates): string {
    const offer = this.pendingRemote;
    const isDue = this.#state === "have-remote-offer" || this.#state === "have-local-pranswer";
    if (!isDue || offer === undefined) {
      throw new PeerError("invalid-state", `No answer can be made in ${this.#state}.`);
    }
    const { description } = offer;
    const data = dataSectionOf(description);
    const setup = this.#answeredSetup(data && transportOf(description, data)?.setup);
    const bundled = description.bundles.flat().filter((mid) => mid === data?.mid);
    this.#answer = this.#make(
      description.sections.map((section) =>
        section === data
          ? writeDataSection(section, setup, parameters)
          : writeRejectedSection(section),
      ),
      description.bundles.length > 0 ? bundled : undefined,
      parameters.credentials.ufrag,
      candidates,
    );
    return this.#answer.text;
  }

  /** Sets a description of this side, which has to be the last one that was made for this purpose. */
  setLocal(type: DescriptionType, sdp: string): void {
    const state = this.#stateAfter("local", type);
    if (type === "rollback") {
      this.pendingLocal = undefined;
      this.#pendingSession = undefined;
    } else {
      const made = type === "offer" ? this.#offer : this.#answer;
      if (made === undefined || sdp !== made.text) {
        throw new PeerError("invalid-modification", "Only what was made last can be set.");
      }
      const described = describe(type, withLocalCandidates(made.session, nothingGathered));
      this.pendingLocal = described;
      this.#pendingSession = made.session;
      if (type === "answer") this.#settle();
    }
    this.#state = state;
  }

  /** Sets a description of the other side. */
  setRemote(type: DescriptionType, sdp: string): void {
    const state = this.#stateAfter("remote", type);
    if (type === "rollback") this.pendingRemote = undefined;
    else {
      const described = describe(type, sdp);
      if (type === "offer") checkOffer(described, this.currentRemote);
      else checkAnswer(described, this.pendingLocal);
      this.#checkIdentity(described);
      this.pendingRemote = described;
      if (type === "offer") this.#answer = undefined;
      if (type === "answer") this.#settle();
    }
    this.#state = state;
  }

  /** What the two sides agree on: by the final answer, or by a provisional one. */
  get agreement(): Agreement | undefined {
    const isPending = this.#state.endsWith("pranswer");
    const local = isPending ? this.pendingLocal : this.currentLocal;
    const remote = isPending ? this.pendingRemote : this.currentRemote;
    if (local === undefined || remote === undefined) return undefined;
    const [ours, section] = [dataSectionOf(local.description), dataSectionOf(remote.description)];
    const transport = section && transportOf(remote.description, section);
    if (ours === undefined || section === undefined || transport === undefined) return undefined;
    const isOfferer = local.type === "offer";
    const answered = isOfferer ? transport.setup : ours.transport?.setup;
    // RFC 8842 §5.3: whose answer says active begins.
    const isActive = isOfferer ? answered === "passive" : answered === "active";
    const { agreed } = this;
    const isNew = agreed === undefined || isOtherAssociation(agreed.transport, transport);
    const dtlsRole = isNew ? (isActive ? "client" : "server") : agreed.dtlsRole;
    return { dtlsRole, isNew, transport, section };
  }

  /** Whether the offer that stands asks for another DTLS association than the one in force. */
  get isOtherOffered(): boolean {
    const { agreed, pendingRemote } = this;
    const section = dataSectionOf(pendingRemote?.description);
    const offered = pendingRemote && section && transportOf(pendingRemote.description, section);
    return agreed && offered ? isOtherAssociation(agreed.transport, offered) : false;
  }

  close(): void {
    this.#state = "closed";
  }

  #stateAfter(side: Side, type: DescriptionType): SignalingState {
    const state = nextSignalingState(this.#state, side, type);
    if (state !== undefined) return state;
    throw new PeerError("invalid-state", `No ${side} ${type} can be set in ${this.#state}.`);
  }

  #settle(): void {
    // W3C webrtc §4.4.1.5: what was made before counts no more.
    this.#offer = undefined;
    this.#answer = undefined;
    this.currentLocal = this.pendingLocal;
    this.currentRemote = this.pendingRemote;
    this.#currentSession = this.#pendingSession;
    this.pendingLocal = undefined;
    this.pendingRemote = undefined;
    this.#pendingSession = undefined;
  }

  /** The sections in their order, which never changes; one that is off gives its place away (RFC 9429 §5.2.2). */
  #offeredShapes(wantsData: boolean): { shape: SectionShape; isData: boolean }[] {
    const base =
      this.pendingLocal ??
      (this.currentLocal?.type === "answer" ? this.currentLocal : this.currentRemote);
    const data = dataSectionOf(base?.description);
    const shapes = (base?.description.sections ?? []).map((section) => ({
      shape: section as SectionShape,
      isData: section === data,
    }));
    if (!wantsData || data !== undefined) return shapes;
    const added = { shape: newDataShape(this.#newMid()), isData: true };
    const free = shapes.findIndex(({ isData }) => !isData);
    if (free >= 0) shapes[free] = added;
    else shapes.push(added);
    return shapes;
  }

  /** A mid that no section has or had (RFC 9429 §5.2.1). */
  #newMid(): string {
    const known = [this.currentLocal, this.currentRemote, this.pendingLocal].flatMap(
      (described) => described?.description.sections.map(({ mid }) => mid) ?? [],
    );
    for (;;) {
      const mid = String(this.#mids);
      this.#mids += 1;
      if (!known.includes(mid)) return mid;
    }
  }

  #answeredSetup(offered: Setup | undefined): Setup {
    if (this.agreed !== undefined && !this.isOtherOffered) {
      return this.agreed.dtlsRole === "client" ? "active" : "passive";
    }
    // RFC 8842 §5.3: active wherever the offer leaves the choice, for then DTLS begins at once.
    return offered === "active" ? "passive" : "active";
  }

  #make(
    media: readonly Media[],
    bundled: readonly string[] | undefined,
    ufrag: string,
    candidates: LocalCandidates,
  ): Made {
    const session: Session = {
      origin: {
        username: "-",
        sessionId: this.#sessionId,
        sessionVersion: String(this.#version),
        addressType: "IP4",
        address: "127.0.0.1",
      },
      name: "-",
      attributes: bundled ? [{ name: "group", value: ["BUNDLE", ...bundled].join(" ") }] : [],
      media,
    };
    this.#version += 1;
    return { session, text: withLocalCandidates(session, candidates), ufrag };
  }

  /** Only an ICE restart can begin another DTLS association (RFC 9429 §5.11). */
  #checkIdentity({ description }: Described): void {
    const section = dataSectionOf(description);
    if (section === undefined) return;
    const transport = transportOf(description, section);
    if (transport === undefined || transport.fingerprints.length === 0) {
      throw new PeerError("invalid-description", "The data channels lack ICE or a fingerprint.");
    }
    const before = this.agreed?.transport;
    if (before === undefined || before.ufrag !== transport.ufrag) return;
    if (isOtherAssociation(before, transport)) {
      throw new PeerError("invalid-description", "Without an ICE restart the certificate stays.");
    }
  }
}

/** RFC 9429 §5.8: sections stay where they are. */
function checkOffer({ description }: Described, before: Described | undefined): void {
  const missing = description.sections.length < (before?.description.sections.length ?? 0);
  if (missing) throw new PeerError("invalid-description", "Sections are missing in the offer.");
}

/** RFC 3264 §6: an answer has the sections of the offer. */
function checkAnswer({ description }: Described, offer: Described | undefined): void {
  const offered = offer?.description.sections ?? [];
  const { sections } = description;
  const isMatch =
    sections.length === offered.length &&
    sections.every(({ kind, mid, isRejected }, index) => {
      const one = offered[index] as Section;
      return kind === one.kind && (isRejected || (mid === one.mid && !one.isRejected));
    });
  if (!isMatch) throw new PeerError("invalid-description", "The answer does not fit the offer.");
  const data = dataSectionOf(description);
  if (data && transportOf(description, data)?.setup === "actpass") {
    throw new PeerError("invalid-description", "An answer has to choose its DTLS role.");
  }
}

const nothingGathered: LocalCandidates = { candidates: [], isComplete: false };
