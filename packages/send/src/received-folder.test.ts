import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES, type FileInfo } from "@tincan/client/files";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ReceivedFolder } from "./received-folder.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "received-"));
});

afterEach(() => rm(folder, { recursive: true }));

const FILES: readonly FileInfo[] = [
  { path: "album/one", size: 3, modified: 1_700_000_000_000 },
  { path: "album/two", size: 2 * BLOCK_BYTES + 7 },
];

const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);

async function receive(place: ReceivedFolder, index: number, length: number, whole: boolean) {
  const sink = await place.open(FILES[index] as FileInfo, index);
  await sink.write(bytes(length));
  await (whole ? sink.close() : sink.abort());
}

test("puts files in their folders, and leaves nothing else behind", async () => {
  const place = await ReceivedFolder.create(folder, FILES);
  expect(place.received).toBeUndefined();
  await receive(place, 0, 3, true);
  await receive(place, 1, 2 * BLOCK_BYTES + 7, true);
  expect(await readdir(folder)).toEqual(["album"]);
  expect(await readdir(join(folder, "album"))).toEqual(["one", "two"]);
  expect(place.names).toEqual([join(folder, "album")]);
});

test("writes over nothing", async () => {
  await writeFile(join(folder, "notes.txt"), "mine");
  const file = { path: "notes.txt", size: 3 };
  const place = await ReceivedFolder.create(folder, [file]);
  const sink = await place.open(file, 0);
  await sink.write(bytes(3));
  await sink.close();
  expect((await readdir(folder)).sort()).toEqual(["notes (2).txt", "notes.txt"]);
  expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("mine");
});

test("goes on with whole blocks of the file under way, in the folder that was begun", async () => {
  const first = await ReceivedFolder.create(folder, FILES);
  await receive(first, 0, 3, true);
  await receive(first, 1, BLOCK_BYTES + 9, false);
  const again = await ReceivedFolder.create(folder, FILES);
  expect(again.received).toMatchObject({ file: 1, blocks: 1 });
  await receive(again, 1, BLOCK_BYTES + 7, true);
  expect(await readdir(folder)).toEqual(["album"]);
  expect((await readFile(join(folder, "album/two"))).length).toBe(2 * BLOCK_BYTES + 7);
});

test("begins anew for another list, and after what came was thrown away", async () => {
  const first = await ReceivedFolder.create(folder, FILES);
  await receive(first, 0, 3, true);
  const other = await ReceivedFolder.create(folder, [{ path: "album/one", size: 4 }]);
  expect(other.received).toBeUndefined();
  await other.discard();
  await first.discard();
  expect((await ReceivedFolder.create(folder, FILES)).received).toBeUndefined();
});

test("takes a damaged journal for none", async () => {
  const first = await ReceivedFolder.create(folder, FILES);
  await receive(first, 0, 3, true);
  const journal = (await readdir(folder)).find((name) => name.endsWith(".json")) as string;
  for (const text of [
    "{",
    '{"pid":1,"done":9,"names":{}}',
    '{"pid":1,"done":1,"names":{"a":".."}}',
  ]) {
    await writeFile(join(folder, journal), text);
    expect((await ReceivedFolder.create(folder, FILES)).received).toBeUndefined();
  }
});

test("says so where there is no room", async () => {
  await expect(
    ReceivedFolder.create(folder, [{ path: "huge", size: 2 ** 50 }]),
  ).rejects.toMatchObject({ code: "no-space" });
  expect(await readdir(folder)).toEqual([]);
});
