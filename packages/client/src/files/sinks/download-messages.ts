/** What a page asks of the service worker, with a port over which the worker pulls the file's bytes. */
export interface DownloadRequest {
  readonly type: "tincan-download";
  readonly name: string;
  readonly size: number;
  readonly mediaType: string;
}

/** What the worker answers over the port: where to get the download, then a `pull` for each piece. */
export type DownloadReply =
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "pull" }
  | { readonly type: "cancelled" };

/** What the page sends over the port. */
export type DownloadPiece = Uint8Array<ArrayBuffer> | "close" | "abort";
