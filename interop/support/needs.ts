import { describe } from "vitest";
import { missingPrograms, packagesSentence } from "../../tools/packages.ts";

/**
 * `describe` for tests that start programs of other people. Where one is missing they are left out, and
 * say why in their name; on a build server (CI=true) that is a failure.
 */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = missingPrograms(programs);
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  const sentence = packagesSentence(missing);
  if (process.env.CI === "true") throw new Error(`${name}: ${sentence}`);
  describe.skip(`${name} (left out: ${sentence})`, tests);
}
