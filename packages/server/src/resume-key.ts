import { randomBytes } from "node:crypto";
import type { DataFolder } from "./data-folder.ts";

/** The key that signs resume tokens, made at the first start; seats outlive restarts through it. */
export async function resumeKey(folder: DataFolder): Promise<Uint8Array> {
  const kept = await folder.read(FILE);
  if (kept?.length === LENGTH) return kept;
  const made = randomBytes(LENGTH);
  if (kept === undefined) return folder.create(FILE, made);
  await folder.replace(FILE, made);
  return made;
}

const FILE = "resume.key";

/** As long as the output of the HMAC-SHA-256 that it keys (RFC 2104 §3). */
const LENGTH = 32;
