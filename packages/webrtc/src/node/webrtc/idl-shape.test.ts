import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as ours from "./index.ts";

interface Interface {
  readonly name: string;
  readonly parent: string | undefined;
  readonly members: readonly string[];
}

/** The fixture has one member on each line. */
function read(idl: string): Interface[] {
  return [...idl.matchAll(/^interface (\w+)(?: : (\w+))? \{\n([^}]*(?:\{\}[^}]*)*)^\};/gm)].map(
    ([, name = "", parent, body = ""]) => ({
      name,
      parent,
      members: body.split("\n").flatMap((line) => line.trim() || []),
    }),
  );
}

const text = readFileSync(new URL("./fixtures/webrtc.webidl", import.meta.url), "utf8");
const interfaces = read(text);

type Class = (new (...args: unknown[]) => object) & { readonly prototype: object };
const classes = ours as unknown as Record<string, Class>;
const bases: Record<string, unknown> = { EventTarget, Event, DOMException };

/** How many arguments have to be given (Web IDL §3.7.7). */
function requiredArguments(member: string): number {
  const list = member.slice(member.indexOf("(") + 1, member.lastIndexOf(")"));
  const given = list.replace(/\([^)]*\)|<[^>]*>/g, "");
  return given === "" ? 0 : given.split(",").filter((one) => !/\boptional\b/.test(one)).length;
}

function propertyOf(place: object, name: string | symbol): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(place, name) ?? {};
}

it("every class that is exported is an interface of the standard", () => {
  expect(interfaces.map(({ name }) => name).sort()).toEqual(Object.keys(ours).sort());
});

describe.each(interfaces)("the class $name", ({ name, parent, members }) => {
  const made = classes[name] as Class;
  const constructors = members.filter((member) => member.startsWith("constructor"));

  it("inherits as the interface does, and tells its name", () => {
    const base = (parent && bases[parent]) as Class | undefined;
    expect(Object.getPrototypeOf(made)).toBe(base ?? Function.prototype);
    expect(Object.getPrototypeOf(made.prototype)).toBe(base?.prototype ?? Object.prototype);
    expect(propertyOf(made.prototype, Symbol.toStringTag)).toEqual({
      value: name,
      configurable: true,
      enumerable: false,
      writable: false,
    });
  });

  it("is constructed as the interface is", () => {
    const [required = 0] = constructors.map(requiredArguments);
    expect([made.name, made.length]).toEqual([name, required]);
    const isIllegal = constructors.length === 0;
    if (isIllegal) expect(() => new made()).toThrow(new TypeError("Illegal constructor"));
    else if (required > 0) expect(() => new made()).toThrow(TypeError);
  });

  it.each(members.filter((member) => / attribute /.test(member)))("has: %s", (member) => {
    const attribute = member.replace(";", "").split(" ").at(-1) as string;
    const { get, set, enumerable, configurable } = propertyOf(made.prototype, attribute);
    expect([typeof get, enumerable, configurable]).toEqual(["function", true, true]);
    expect(typeof set).toBe(member.includes("readonly") ? "undefined" : "function");
    expect([get?.name, get?.length, set?.length ?? 1]).toEqual([`get ${attribute}`, 0, 1]);
  });

  const operations = members.filter(
    (member) => /\(/.test(member) && !constructors.includes(member),
  );
  it("has the operations, with as many arguments", () => {
    for (const member of operations) {
      const called = /(\w+)\(/.exec(member)?.[1] ?? "";
      const place = member.startsWith("static ") ? made : made.prototype;
      const { value, enumerable, writable } = propertyOf(place, called);
      expect([called, typeof value, enumerable, writable]).toEqual([
        called,
        "function",
        true,
        true,
      ]);
      expect([called, value.length]).toEqual([called, requiredArguments(member)]);
    }
  });

  it("has no other members", () => {
    const known = members.map((member) => /(\w+)(?:\(.*\))?;$/.exec(member)?.[1]);
    const maplike = ["size", "entries", "forEach", "get", "has", "keys", "values"];
    const isMap = members.some((member) => member.includes("maplike"));
    const found = Object.getOwnPropertyNames(made.prototype).filter((one) => one !== "constructor");
    const rest = found.filter((one) => !known.includes(one));
    expect(rest.sort()).toEqual(isMap ? maplike.sort() : []);
    const statics = Object.getOwnPropertyNames(made).filter((one) => !known.includes(one));
    expect(statics.sort()).toEqual(["length", "name", "prototype"]);
  });
});
