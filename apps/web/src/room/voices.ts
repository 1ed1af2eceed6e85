import type { Call, Peer } from "@tincan/client";
import { keepRunning, levelOf, levelOfLinear, SpeakingDetector } from "@tincan/client/devices";
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import type { LocalMedia } from "../media/local-media.ts";

/** Who speaks in a call. */
export interface Voices {
  /** Whether this peer, or oneself by the call's own id, speaks right now. */
  speaks(id: string): boolean;
  /** The peer who spoke last; never oneself. */
  readonly speaker: Accessor<string | undefined>;
}

/** Listens to the levels that packets carry; ends with the component that calls it. */
export function createVoices(call: Call, media: LocalMedia): Voices {
  const detectors = new Map<string, SpeakingDetector>();
  const [speaking, setSpeaking] = createSignal<ReadonlySet<string>>(new Set(), {
    equals: (a, b) => a.size === b.size && [...a].every((id) => b.has(id)),
  });
  const [speaker, setSpeaker] = createSignal<string>();
  const ownLevel = createOwnLevel(media);

  const listen = (): void => {
    const now = performance.now();
    const speaks = (id: string, level: number): boolean => {
      const detector = detectors.get(id) ?? new SpeakingDetector();
      detectors.set(id, detector);
      return detector.update(level, now);
    };
    const levels = [...call.peers.values()].map((peer) => ({
      id: peer.id,
      level: levelFrom(peer),
    }));
    const loud = levels.filter(({ id, level }) => speaks(id, level));
    const self = speaks(call.self.id, media.audio.on() ? ownLevel() : 0) ? [call.self.id] : [];
    for (const id of detectors.keys()) {
      if (id !== call.self.id && !call.peers.has(id)) detectors.delete(id);
    }
    setSpeaking(new Set([...loud.map(({ id }) => id), ...self]));
    // Who speaks keeps the floor while others fall in.
    if (loud.length > 0 && !loud.some(({ id }) => id === speaker())) {
      setSpeaker(loud.reduce((a, b) => (b.level > a.level ? b : a)).id);
    }
  };
  const timer = setInterval(listen, LISTEN_EVERY_MS);
  onCleanup(() => clearInterval(timer));
  return { speaks: (id) => speaking().has(id), speaker };
}

const LISTEN_EVERY_MS = 150;

/** The loudest of what a peer sends and is not muted. */
function levelFrom(peer: Peer): number {
  const heard = peer.streams.filter(({ audio }) => audio === "on");
  const tracks = new Set(heard.flatMap(({ stream }) => stream.getAudioTracks()));
  let level = 0;
  for (const receiver of peer.pc.getReceivers()) {
    if (!tracks.has(receiver.track)) continue;
    for (const { audioLevel } of receiver.getSynchronizationSources()) {
      level = Math.max(level, levelOfLinear(audioLevel ?? 0));
    }
  }
  return level;
}

/** The level of one's own microphone, read only when it is asked for. */
function createOwnLevel(media: LocalMedia): () => number {
  let read: (() => number) | undefined;
  createEffect(() => {
    const track = media.audio.track();
    read = undefined;
    if (track === undefined) return;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    read = () => {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    };
    onCleanup(keepRunning(context));
  });
  return () => read?.() ?? 0;
}
