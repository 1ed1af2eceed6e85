import { describe, expect, it } from "vitest";
import { deviceFault } from "./device-fault.ts";

describe("a getUserMedia failure", () => {
  it.each([
    ["NotFoundError", "not-found"],
    ["NotReadableError", "in-use"],
    ["OverconstrainedError", "overconstrained"],
    ["AbortError", "aborted"],
    ["SecurityError", "security"],
    ["TypeError", "unsupported"],
    ["SomethingNewError", "unknown"],
  ] as const)("%s is %s", (name, fault) => {
    expect(deviceFault(new DOMException("", name))).toBe(fault);
  });

  it("that is NotAllowedError tells apart who refused", () => {
    const error = new DOMException("Permission denied", "NotAllowedError");
    expect(deviceFault(error, "denied")).toBe("denied");
    expect(deviceFault(error, "prompt")).toBe("dismissed");
    expect(deviceFault(error, "granted")).toBe("blocked-by-system");
    expect(deviceFault(error, "unknown")).toBe("denied");
  });

  it("that is NotAllowedError believes Chrome's message over the permission", () => {
    const system = new DOMException("Permission denied by system", "NotAllowedError");
    const dismissed = new DOMException("Permission dismissed", "NotAllowedError");
    expect(deviceFault(system, "denied")).toBe("blocked-by-system");
    expect(deviceFault(dismissed, "unknown")).toBe("dismissed");
  });

  it("that is no error at all is unknown", () => {
    expect(deviceFault(undefined)).toBe("unknown");
    expect(deviceFault("no")).toBe("unknown");
  });
});
