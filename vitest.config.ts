import { defineConfig } from "vitest/config";

/** Browsers and timers want the machine for themselves. */
const oneByOne = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 };

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
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
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
    ],
  },
});
