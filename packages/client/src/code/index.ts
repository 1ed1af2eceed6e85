/** Meeting by a short code that binds the connection to itself. See README.md, "Codes". */
export type { CodeFailure, CodeRole } from "./code-exchange.ts";
export { CodeLock, type CodeLockEvents } from "./code-lock.ts";
export { CODE_WORDS } from "./code-words.ts";
export { type Meeting, type MeetOptions, meet } from "./meet.ts";
export {
  type Confirmations,
  passwordScalar,
  Spake2,
  type Spake2Options,
  type Spake2Side,
} from "./spake2.ts";
export { type CodeFault, generateCode, parseCode, type TransferCode } from "./transfer-code.ts";
