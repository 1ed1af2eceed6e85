/** Text, reactions and raised hands between the peers of a call. See README.md. */
export { Chat, type ChatEvents, type ChatMessage } from "./chat.ts";
export type { Delivery } from "./deliveries.ts";
