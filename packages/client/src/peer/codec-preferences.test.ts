import { expect, test } from "vitest";
import { sortCodecs } from "./codec-preferences.ts";

test("the wanted come first in their order, the others keep theirs", () => {
  const codecs = ["VP8", "rtx", "VP9", "H264", "AV1", "VP9"].map((subtype, index) => ({
    mimeType: `video/${subtype}`,
    index,
  }));
  const sorted = sortCodecs(codecs, ["h264", "VP9", "unheard-of"]);
  expect(sorted.map(({ index }) => index)).toEqual([3, 2, 5, 0, 1, 4]);
});
