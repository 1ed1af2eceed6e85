import { describe, expect, it } from "vitest";
import { reachVerdict } from "../verdict.ts";
import { checkNat } from "./nat.ts";

const BEHIND = { isTranslated: true, isStrict: undefined, hasRelay: true };

describe("the NAT", () => {
  it("is none where the server sees the machine's own address", () => {
    const result = checkNat({ ...BEHIND, isTranslated: false, isStrict: true, hasRelay: false });
    expect(result).toEqual({ id: "nat", status: "good", facts: { translated: false } });
  });

  it("cannot be told where no STUN server says what it sees", () => {
    expect(checkNat({ ...BEHIND, isTranslated: undefined })).toMatchObject({ status: "skipped" });
  });

  it.each([
    [undefined, "unknown"],
    [false, "endpoint-independent"],
  ])("is good where it is not known to be strict: %s", (isStrict, mapping) => {
    for (const hasRelay of [true, false]) {
      expect(checkNat({ isTranslated: true, isStrict, hasRelay })).toMatchObject({
        status: "good",
        facts: { translated: true, mapping },
      });
    }
  });

  it("is no fault where it is strict and a relay helps, but makes direct calls unlikely", () => {
    const result = checkNat({ ...BEHIND, isStrict: true });
    expect(result).toMatchObject({
      status: "good",
      facts: { mapping: "address-and-port-dependent", strict: true },
    });
    expect(reachVerdict([result]).directCall).toBe("unlikely");
  });

  it("is a fault where it is strict and nothing relays", () => {
    const verdict = reachVerdict([checkNat({ ...BEHIND, isStrict: true, hasRelay: false })]);
    expect([verdict.status, verdict.root?.cause]).toEqual(["fault", "strict-nat"]);
    expect(verdict.directCall).toBe("unlikely");
  });
});
