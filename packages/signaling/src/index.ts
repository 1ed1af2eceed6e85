/** Rooms: what is said in them, and who may say it to whom. See PROTOCOL.md. */
export { DOOR_LIMITS, type DoorLimits } from "./door.ts";
export * from "./host-messages.ts";
export * from "./message-size.ts";
export * from "./messages.ts";
export type { Moment } from "./moment.ts";
export { OUTBOX_LIMITS, type OutboxLimits } from "./outbox.ts";
export * from "./random-id.ts";
export * from "./refusal.ts";
export * from "./resume-token.ts";
export type { RoomOutput } from "./room.ts";
export * from "./room-id.ts";
export * from "./rooms.ts";
export * from "./token-bucket.ts";
