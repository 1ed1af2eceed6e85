import { expect, it } from "vitest";
import { en } from "../i18n/en.ts";
import { asksPassword, doorOf, isKnock } from "./door.ts";

it.each([
  ["locked", "locked"],
  ["not-admitted", "denied"],
  ["password-needed", "password"],
  ["wrong-password", "wrong-password"],
  ["full", undefined],
  [undefined, undefined],
] as const)("a join that failed with %s stands before: %s", (code, door) => {
  expect(doorOf(code)).toBe(door);
});

it("is knocked at where it is locked or was not opened, and opened with a password where it has one", () => {
  const doors = ["open", "locked", "waiting", "denied", "password", "wrong-password"] as const;
  expect(doors.filter(isKnock)).toEqual(["locked", "denied"]);
  expect(doors.filter(asksPassword)).toEqual(["password", "wrong-password"]);
  for (const door of doors.slice(1)) expect(en).toHaveProperty([`door.${door}.text`]);
});
