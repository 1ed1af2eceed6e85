import { RTCDataChannel } from "./rtc-data-channel.ts";

/** W3C webrtc §6.3 */
export interface RTCDataChannelEventInit
  extends NonNullable<ConstructorParameters<typeof Event>[1]> {
  channel: RTCDataChannel;
}

/** W3C webrtc §6.3 */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  constructor(type: string, init: RTCDataChannelEventInit) {
    super(type, init);
    if (!(init.channel instanceof RTCDataChannel))
      throw new TypeError("The event needs a channel.");
    this.#channel = init.channel;
  }

  get channel(): RTCDataChannel {
    return this.#channel;
  }
}
