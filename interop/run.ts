import { runVitest } from "../tools/run-vitest.ts";

// npm run test:interop: the WebRTC tests of this folder with the volume that `npm test` has no time for.
// npm run test:interop -- PATTERN: those whose path contains it.
const patterns = process.argv.slice(2).map((pattern) => `interop/webrtc-${pattern}`);
process.env.TINCAN_INTEROP_MB ??= "100";
const paths = patterns.length > 0 ? patterns : ["interop/webrtc-"];
const { failed } = await runVitest(["--project=interop", ...paths]);
process.exitCode = failed > 0 ? 1 : 0;
