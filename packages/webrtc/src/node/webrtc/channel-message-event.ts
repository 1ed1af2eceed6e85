/**
 * The MessageEvent of a data channel (HTML §9.1), of a class of its own: for Node's, the first message would wait some
 * fifty milliseconds until all of `fetch` is loaded, and each one takes ten times as long to make.
 */
export class ChannelMessageEvent extends Event implements Omit<MessageEvent, "initMessageEvent"> {
  readonly data: string | ArrayBufferLike | Blob;
  readonly origin: string = "";
  readonly lastEventId: string = "";
  readonly source: null = null;
  readonly ports: MessageEvent["ports"] = noPorts;

  constructor(type: string, init: { readonly data: string | ArrayBufferLike | Blob }) {
    super(type);
    this.data = init.data;
  }

  get [Symbol.toStringTag](): string {
    return "MessageEvent";
  }
}

const noPorts = Object.freeze([]) as unknown as MessageEvent["ports"];
