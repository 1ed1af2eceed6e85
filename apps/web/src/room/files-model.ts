import type { Call } from "@tincan/client";
import {
  droppedFiles,
  type FileSource,
  Files,
  type FilesOptions,
  fileSource,
  type IncomingTransfer,
  type Transfer,
  type TransferReason,
  type TransferState,
} from "@tincan/client/files";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import { createStore } from "solid-js/store";
import { createSaving, type SavedFile, type Saving } from "./file-saving.ts";

/** Files on their way, as the page draws them. */
export interface TransferView {
  readonly id: number;
  readonly direction: Transfer["direction"];
  readonly peer: string;
  /** The name of the first file, with its folders. */
  readonly name: string;
  readonly count: number;
  readonly size: number;
  readonly state: TransferState;
  readonly transferred: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | undefined;
  readonly pausedHere: boolean;
  /** Whether we said yes to what a peer offers. */
  readonly accepted: boolean;
  readonly reason: TransferReason | undefined;
  /** What came and has to be saved by a link, where browsers cannot write to disk themselves. */
  readonly saved: readonly SavedFile[];
}

/** Sends and receives files; what is on its way and what has ended. */
export interface FilesModel {
  /** False on insecure addresses, where browsers have no hashes. */
  readonly offered: boolean;
  readonly transfers: readonly TransferView[];
  /** Offers from others that wait for an answer. */
  readonly asking: Accessor<number>;
  send(files: Iterable<File | FileSource>, to: readonly string[]): void;
  drop(data: DataTransfer, to: readonly string[]): Promise<void>;
  accept(id: number): Promise<void>;
  decline(id: number): void;
  pauseOrResume(id: number): void;
  cancel(id: number): void;
  /** Takes what has ended from the list, and what was kept for it from the disk. */
  clear(id: number): void;
}

/** Opens the files of a call; they end with the component that calls it. */
export function createFilesModel(
  call: Call,
  tell: { offered(peer: string, name: string): void; ended(view: TransferView): void },
  options: FilesOptions = {},
): FilesModel {
  const [transfers, setTransfers] = createStore<TransferView[]>([]);
  const [asking, setAsking] = createSignal(0);
  const live = new Map<number, { transfer: Transfer | IncomingTransfer; saving?: Saving }>();
  let counted = 0;
  const files = open(call, options);

  const change = (id: number, part: Partial<TransferView>): void =>
    setTransfers((view) => view.id === id, part);
  const countAsking = (): void => {
    const waiting = transfers.filter(
      ({ direction, state, accepted }) => direction === "in" && state === "offered" && !accepted,
    );
    setAsking(waiting.length);
  };

  const follow = (transfer: Transfer): TransferView => {
    counted += 1;
    const id = counted;
    const moving = () => ({
      state: transfer.state,
      transferred: transfer.transferred,
      bytesPerSecond: transfer.bytesPerSecond,
      secondsLeft: transfer.secondsLeft,
      pausedHere: transfer.paused.here,
      reason: transfer.end?.reason,
    });
    const view: TransferView = {
      ...moving(),
      ...{ id, direction: transfer.direction, peer: transfer.peer.id },
      ...{ name: transfer.files[0]?.path ?? "", count: transfer.files.length },
      ...{ size: transfer.size, accepted: false, saved: [] },
    };
    live.set(id, { transfer });
    setTransfers((all) => [...all, view]);
    const refresh = (): void => {
      change(id, moving());
      countAsking();
    };
    transfer.on("state", refresh);
    transfer.on("progress", refresh);
    void transfer.ended.then(async ({ reason }) => {
      const saved = (await live.get(id)?.saving?.finish(transfer.files, reason)) ?? [];
      change(id, { ...moving(), saved });
      countAsking();
      const ended = transfers.find((one) => one.id === id);
      if (ended !== undefined) tell.ended(ended);
    });
    return view;
  };

  files?.on("offer", (transfer) => {
    const { name } = follow(transfer);
    countAsking();
    tell.offered(transfer.peer.name, name);
  });
  onCleanup(() => {
    files?.close();
    for (const { saving } of live.values()) saving?.discard();
  });

  const sendTo = (sources: readonly (File | FileSource)[], to: readonly string[]): void => {
    if (sources.length === 0) return;
    for (const peer of to) {
      const transfer = files?.send(peer, sources);
      if (transfer !== undefined) follow(transfer);
    }
  };

  return {
    offered: files !== undefined,
    transfers,
    asking,
    send: (some, to) => sendTo(Array.from(some, withoutPath), to),
    async drop(data, to) {
      sendTo(await droppedFiles(data), to);
    },
    async accept(id) {
      const one = live.get(id);
      if (one === undefined || !("accept" in one.transfer)) return;
      const saving = await createSaving(one.transfer.files);
      // Nothing was chosen in the browser's dialog: the offer goes on to wait.
      if (saving === undefined) return;
      one.saving = saving;
      change(id, { accepted: true });
      countAsking();
      one.transfer.accept(saving.open);
    },
    decline(id) {
      const transfer = live.get(id)?.transfer;
      if (transfer !== undefined && "decline" in transfer) transfer.decline();
    },
    pauseOrResume(id) {
      const transfer = live.get(id)?.transfer;
      if (transfer?.paused.here === true) transfer.resume();
      else transfer?.pause();
    },
    cancel: (id) => live.get(id)?.transfer.cancel(),
    clear(id) {
      live.get(id)?.saving?.discard();
      live.delete(id);
      setTransfers((all) => all.filter((view) => view.id !== id));
    },
  };
}

function open(call: Call, options: FilesOptions): Files | undefined {
  // The one reason for a `Files` to throw (README of the client).
  return isSecureContext ? new Files(call, options) : undefined;
}

/** Files of a folder keep their path below it. */
function withoutPath(file: File | FileSource): FileSource {
  return "read" in file ? file : fileSource(file);
}
