import type { RecordedFile } from "@tincan/client/recording";
import { type Accessor, createSignal, onCleanup } from "solid-js";

/** A recording that is done and waits to be saved. */
export interface KeptRecording {
  readonly id: number;
  readonly name: string;
  readonly href: string;
  readonly bytes: number;
}

/** The recordings of a stay in a room. They outlive the call: it may end before they are saved. */
export interface Recordings {
  readonly list: Accessor<readonly KeptRecording[]>;
  /** Whether one is being made fit to be played. */
  readonly finishing: Accessor<boolean>;
  keep(files: Promise<readonly RecordedFile[]>): Promise<void>;
  /** Gives back the room that one takes on disk. */
  discard(id: number): void;
  /** Finds what a tab has left behind that crashed while it recorded. */
  recover(): Promise<void>;
}

/** Recordings of a room page; they end with the component that made them, but stay on disk until they are discarded. */
export function createRecordings(): Recordings {
  const [list, setList] = createSignal<readonly KeptRecording[]>([]);
  const [underWay, setUnderWay] = createSignal(0);
  const files = new Map<number, RecordedFile>();
  let counted = 0;
  const add = (file: RecordedFile): void => {
    counted += 1;
    files.set(counted, file);
    const { name, blob } = file;
    const kept = { id: counted, name, href: URL.createObjectURL(blob), bytes: blob.size };
    setList((all) => [...all, kept]);
  };
  onCleanup(() => {
    for (const { href } of list()) URL.revokeObjectURL(href);
  });
  const keep: Recordings["keep"] = async (made) => {
    setUnderWay((count) => count + 1);
    try {
      for (const file of await made) if (file.blob.size > 0) add(file);
    } finally {
      setUnderWay((count) => count - 1);
    }
  };
  return {
    list,
    finishing: () => underWay() > 0,
    keep,
    discard(id) {
      const kept = list().find((one) => one.id === id);
      if (kept === undefined) return;
      URL.revokeObjectURL(kept.href);
      setList((all) => all.filter((one) => one !== kept));
      void files.get(id)?.discard();
      files.delete(id);
    },
    async recover() {
      const { defaultStore, finishRecording } = await import("@tincan/client/recording");
      const left = await defaultStore().leftovers();
      await keep(Promise.all(left.map((parts) => finishRecording(parts))));
    },
  };
}
