import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataFolder } from "./data-folder.ts";
import { resumeKey } from "./resume-key.ts";

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "tincan-data-"));
});
afterEach(() => rm(path, { recursive: true }));

test("the resume key is made once, and again where it is damaged", async () => {
  const folder = await DataFolder.open(join(path, "a/b/c"));
  const made = await resumeKey(folder);
  expect(made).toHaveLength(32);
  expect(Buffer.from(await resumeKey(folder))).toEqual(Buffer.from(made));
  await writeFile(join(folder.path, "resume.key"), "short");
  const next = await resumeKey(folder);
  expect(next).toHaveLength(32);
  expect(Buffer.from(await resumeKey(folder))).toEqual(Buffer.from(next));
});

test("of servers that start at once, all get the same key", async () => {
  const folder = await DataFolder.open(path);
  const keys = await Promise.all(Array.from({ length: 8 }, () => resumeKey(folder)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
  expect(await readdir(path)).toEqual(["resume.key"]);
});

test("a place that cannot hold a folder names the option", async () => {
  const file = join(path, "file");
  await writeFile(file, "");
  for (const place of [file, join(file, "below"), "/proc/none/below"]) {
    await expect(DataFolder.open(place)).rejects.toMatchObject({ code: "data-folder" });
    await expect(DataFolder.open(place)).rejects.toThrow(`--data-dir: cannot use ${place}`);
  }
});
