import { expect, it } from "vitest";
import { en } from "../i18n/en.ts";
import { endText, phaseOfFailure } from "./phase.ts";

it("shows pages of their own for a full room and a server out of reach", () => {
  expect(phaseOfFailure("full")).toEqual({ name: "full" });
  expect(phaseOfFailure("unreachable")).toEqual({ name: "unreachable" });
});

it.each([
  ["rate-limited", "refused.rate-limited"],
  ["too-many-rooms", "refused.too-many"],
  ["unsupported", "refused.browser"],
  ["malformed", "refused.other"],
  [undefined, "refused.other"],
] as const)("a join that failed with %s says %s", (code, text) => {
  expect(phaseOfFailure(code)).toEqual({ name: "refused", text });
});

it.each(["left", "replaced", "full", "refused", "lost"] as const)(
  "has a sentence for %s",
  (reason) => {
    expect(en).toHaveProperty([endText(reason)]);
  },
);
