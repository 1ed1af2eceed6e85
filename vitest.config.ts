import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Tests start Node a hundred times, and half of what a start takes is the reading of TypeScript: here it is kept.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/tincan/compiled");

/** Browsers and timers want the machine for themselves. A condition that is waited for may come late where others use it, too. */
const oneByOne = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

/** Those of `e2e/` that go beside the others, with the interop tests, so that both lanes of tools/test.ts take alike. */
const secondLane = [
  ...["acme", "deployment", "doctor", "firefox-call", "firefox-doctor"],
  ...["relay", "sdk-bundle", "tincan-command"],
].map((name) => `e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "apps/*/src/**/*.test.ts",
            "tools/**/*.test.ts",
            "fuzz/**/*.test.ts",
          ],
          // One world for all files of a worker: loading the modules anew for each took half of the time. So a test leaves
          // nothing behind, and one that needs other modules makes them for itself.
          isolate: false,
          // Not one less than there are cores, which would be one on two.
          maxWorkers: "100%",
          // Properties that try hundreds of inputs take their time on a machine that is busy.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/*.test.ts"],
          exclude: secondLane,
          ...oneByOne,
        },
      },
      {
        test: {
          name: "e2e-beside",
          include: secondLane,
          ...oneByOne,
        },
      },
      {
        test: {
          name: "interop",
          include: ["interop/**/*.test.ts"],
          ...oneByOne,
        },
      },
      {
        test: {
          name: "long",
          include: ["e2e/long/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
