/** The part of the Network Information API that tells of another network. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/**
 * Calls `listener` when the device has changed its network: it is online again, or the type of its
 * connection is another one (Wi-Fi, mobile). Answers a function that ends that.
 *
 * Chromium fires `change` also for each new estimate of bandwidth and round trip, so only another
 * `type` counts; where there is no `type` (desktops, Firefox, Safari) `online` has to do. Outside of
 * browsers nobody tells: ICE notices by itself.
 */
export function onNetworkChange(listener: () => void): () => void {
  if (typeof addEventListener === "undefined") return () => {};
  const connection = (navigator as { connection?: NetworkInformation }).connection;
  let type = connection?.type;
  const changed = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    if (type !== "none") listener();
  };
  addEventListener("online", listener);
  connection?.addEventListener("change", changed);
  return () => {
    removeEventListener("online", listener);
    connection?.removeEventListener("change", changed);
  };
}
