import type { Peer } from "@tincan/client";
import type { FileSource, Transfer } from "@tincan/client/files";
import { endError, inMeeting, type MeetingOptions } from "./meeting.ts";

export interface SendOptions extends MeetingOptions {
  readonly sources: readonly FileSource[];
}

/**
 * Sends files to whoever has the code, and resolves when all of them are there, verified. Who has made
 * the code waits for the other side to come back when it is lost; what it has got is not sent again.
 * Throws `SendError`.
 */
export async function sendFiles(options: SendOptions): Promise<void> {
  const { sources, onNews } = options;
  await inMeeting(options, (run) => {
    const { call, lock, files, done, fail } = run;
    let transfer: Transfer | undefined;
    const offer = (peer: Peer): void => {
      if (transfer?.peer === peer && transfer.end === undefined) return;
      const offered = files.send(peer.id, sources);
      transfer = offered;
      onNews?.({ type: "transfer", transfer: offered });
      offered.on("ended", ({ reason, cause }) => {
        if (offered !== transfer) return;
        if (reason === "done") done();
        else if (reason !== "gone") fail(endError(reason, cause));
        // Its program was started again, and has shown the code already.
        else if (call.peers.has(peer.id) && lock.trusts(peer.id)) offer(peer);
      });
    };
    run.onMet = offer;
    files.on("offer", (unasked) => unasked.decline());
  });
}
