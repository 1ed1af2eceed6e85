import { randomBytes } from "node:crypto";
import type { DataFolder } from "../data-folder.ts";

/** The secret that time-limited TURN users are made with, made at the first start. */
export async function turnSecret(folder: DataFolder): Promise<string> {
  const kept = (await folder.read(FILE))?.toString("utf8").trim();
  if (kept !== undefined && kept.length >= SHORTEST) return kept;
  const made = randomBytes(LENGTH).toString("base64url");
  if (kept === undefined) return (await folder.create(FILE, Buffer.from(made))).toString("utf8");
  await folder.replace(FILE, made);
  return made;
}

const FILE = "turn.secret";

/** More than the output of the HMAC-SHA1 that it keys (RFC 2104 §3). */
const LENGTH = 32;

/** What was cut short by a full disk is made anew. */
const SHORTEST = 20;
