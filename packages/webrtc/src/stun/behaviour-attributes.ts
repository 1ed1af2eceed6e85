import { readU32, type TransportAddress, writeU32 } from "../wire/index.ts";
import { type Attribute, addressAttribute, bytesAttribute, u16Attribute } from "./attribute.ts";

/** What a CHANGE-REQUEST asks for: an answer from the other address, the other port, or both. */
export interface Change {
  readonly ip: boolean;
  readonly port: boolean;
}

/** CHANGE-REQUEST (RFC 5780 §7.2; RFC 3489 §11.2.4). */
export const ChangeRequest: Attribute<Change> = {
  type: 0x0003,
  size: () => 4,
  read: (message, at, length) => {
    if (length !== 4) return undefined;
    const flags = readU32(message, at);
    return { ip: (flags & changeIp) !== 0, port: (flags & changePort) !== 0 };
  },
  write: (message, at, { ip, port }) =>
    writeU32(message, at, (ip ? changeIp : 0) | (port ? changePort : 0)),
};

/** RESPONSE-ORIGIN: where the response was sent from (RFC 5780 §7.3). */
export const ResponseOrigin: Attribute<TransportAddress> = addressAttribute(0x802b);

/** OTHER-ADDRESS: the server's other address and other port (RFC 5780 §7.4). */
export const OtherAddress: Attribute<TransportAddress> = addressAttribute(0x802c);

/** RESPONSE-PORT: the port of the client that the response goes to (RFC 5780 §7.5). */
export const ResponsePort: Attribute<number> = u16Attribute(0x0027);

/** PADDING: makes a message large enough to be fragmented (RFC 5780 §7.6). */
export const Padding: Attribute<Uint8Array> = bytesAttribute(0x0026);

/** SOURCE-ADDRESS of RFC 3489 §11.2.5. */
export const SourceAddress: Attribute<TransportAddress> = addressAttribute(0x0004);

/** CHANGED-ADDRESS of RFC 3489 §11.2.3. */
export const ChangedAddress: Attribute<TransportAddress> = addressAttribute(0x0005);

/** "Change IP" and "change port" (RFC 5780 §7.2). */
const changeIp = 0x4;
const changePort = 0x2;
