/** Rooms: what is said in them, and who may say it to whom. See PROTOCOL.md. */
export * from "./messages.ts";
