/**
 * Runs an operation, in its older form where there are callbacks in place of a promise (W3C webrtc §4.4.3). What a
 * callback throws is the callback's own matter: the promise is fulfilled before.
 */
export function withCallbacks<Result>(
  run: () => Promise<Result>,
  callbacks: readonly unknown[],
): Promise<Result | undefined> {
  if (callbacks.length === 0) return run();
  const [onSuccess, onFailure] = callbacks;
  if (typeof onSuccess !== "function" || typeof onFailure !== "function") {
    return Promise.reject(new TypeError("Both callbacks have to be functions."));
  }
  run().then(
    (result) => onSuccess(result),
    (error) => onFailure(error),
  );
  return Promise.resolve(undefined);
}

/** W3C webrtc §4.4.3 */
export type RTCSessionDescriptionCallback = (description: {
  type: "offer" | "answer";
  sdp: string;
}) => void;

/** W3C webrtc §4.4.3 */
export type RTCPeerConnectionErrorCallback = (error: DOMException) => void;
