import { Association, type AssociationEvent } from "../association.ts";
import type { AssociationOptions } from "../association-options.ts";
import { seededCrypto } from "./seeded.ts";
import { Link, type LinkSettings, VirtualWorld } from "./virtual-link.ts";

/** One side of a pair: the association and all that it told. */
export interface Side {
  readonly association: Association;
  readonly events: AssociationEvent[];
  /** The texts of the messages that came, in their order. */
  readonly texts: string[];
  readonly link: Link;
}

export interface Pair {
  readonly world: VirtualWorld;
  readonly a: Side;
  readonly b: Side;
}

/** Two associations and the lines between them; not connected yet. */
export function pair(
  settings: LinkSettings & { seed?: number } = {},
  optionsA: Partial<AssociationOptions> = {},
  optionsB: Partial<AssociationOptions> = optionsA,
): Pair {
  const seed = settings.seed ?? 1;
  const world = new VirtualWorld();
  const a = side(4 * seed, settings, optionsA);
  const b = side(4 * seed + 2, settings, optionsB);
  world.join(end(a), end(b));
  return { world, a, b };
}

/** Two associations that are connected. */
export function connectedPair(...given: Parameters<typeof pair>): Pair {
  const both = pair(...given);
  both.a.association.connect(both.world.now);
  both.world.drain();
  both.world.run(60_000, () => isUp(both.a) && isUp(both.b));
  return both;
}

export function isUp({ association }: Side): boolean {
  return association.state === "established";
}

/** Sends a text and lets it leave. */
export function say(
  { world }: Pair,
  from: Side,
  text: string,
  options: {
    streamId?: number;
    unordered?: boolean;
    maxRetransmits?: number;
    lifetimeMs?: number;
  } = {},
): void {
  const { streamId = 0, ...rest } = options;
  from.association.send(streamId, new TextEncoder().encode(text), { ppid: 51, ...rest }, world.now);
  world.drain();
}

export function types({ events }: Side): readonly string[] {
  return events.map(({ type }) => type);
}

function side(seed: number, settings: LinkSettings, options: Partial<AssociationOptions>): Side {
  const association = new Association({ crypto: seededCrypto(seed), ...options });
  return { association, events: [], texts: [], link: new Link(settings, seed + 1) };
}

function end(one: Side): Parameters<VirtualWorld["join"]>[0] {
  return {
    endpoint: one.association,
    link: one.link,
    handle: (event) => {
      const told = event as AssociationEvent;
      one.events.push(told);
      if (told.type === "message") one.texts.push(new TextDecoder().decode(told.message.bytes));
    },
  };
}
