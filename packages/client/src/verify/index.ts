/** Whether nobody sits in between: signs that two people compare. See README.md, "End to end". */
export { authenticationString, type StringInput, SYMBOL_COUNT } from "./authentication-string.ts";
export type { VerificationFault } from "./exchange.ts";
export { VERIFICATION_SYMBOLS, type VerificationSymbol } from "./symbols.ts";
export { Verification, type VerificationEvents } from "./verification.ts";
