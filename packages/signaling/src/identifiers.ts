import * as v from "valibot";

/** The id of a peer, chosen by the server. */
export const PeerId: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[a-z0-9]{16}$/));

/** The id of one running client, chosen by itself. */
export const InstanceId: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[a-z0-9]{8,32}$/));

/** What people call themselves. */
export const PeerName: v.GenericSchema<string> = v.pipe(v.string(), v.trim(), v.maxLength(64));

/** The id of a knock, chosen by the server. */
export const KnockId: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[a-z0-9]{8}$/));

/** 32 bytes in base64url (PROTOCOL.md, Passwords). */
export const Verifier: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
