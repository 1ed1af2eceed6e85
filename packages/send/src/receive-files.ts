import type { IncomingTransfer } from "@tincan/client/files";
import { endError, inMeeting, type MeetingOptions } from "./meeting.ts";
import { SendError } from "./send-error.ts";
import type { StoragePlace } from "./storage-place.ts";

export interface ReceiveOptions extends MeetingOptions {
  /** Asks whether these files are wanted. */
  readonly accept: (offer: IncomingTransfer) => Promise<boolean>;
  /** Prepares for files that are wanted. What it throws declines them. */
  readonly place: (offer: IncomingTransfer) => Promise<StoragePlace>;
}

/**
 * Receives what whoever has the code sends, once, and resolves with the names under which it lies here,
 * when all is there and verified. Throws `SendError`.
 */
export async function receiveFiles(options: ReceiveOptions): Promise<readonly string[]> {
  const { accept, place, onNews } = options;
  let names: readonly string[] = [];
  await inMeeting(options, ({ files, doneWhenLeft, fail }) => {
    let current: IncomingTransfer | undefined;
    let wanted: string | undefined;
    const take = async (offer: IncomingTransfer): Promise<void> => {
      const list = JSON.stringify(offer.files);
      // Who was asked once is not asked again after a break.
      if (wanted !== list && !(await accept(offer))) {
        offer.decline();
        throw new SendError("declined", "the files were not wanted");
      }
      wanted = list;
      if (offer.end !== undefined) return;
      const storage = await place(offer).catch((error: unknown) => {
        offer.decline();
        throw error;
      });
      onNews?.({ type: "transfer", transfer: offer });
      offer.accept(storage.open, storage.received);
      const { reason, cause } = await offer.ended;
      if (reason === "gone") return;
      if (reason !== "done") {
        // What another time could go on from would only be wrong again.
        if (reason === "hash" || reason === "peer-cancelled") await storage.discard();
        if (reason === "peer-failed" && storage.received !== undefined) await storage.discard();
        throw endError(reason, cause);
      }
      names = storage.names;
      doneWhenLeft();
    };
    files.on("offer", (offer) => {
      if (current !== undefined && current.end === undefined) {
        offer.decline();
        return;
      }
      current = offer;
      take(offer).catch(fail);
    });
  });
  return names;
}
