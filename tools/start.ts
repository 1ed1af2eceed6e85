import { runTincan } from "../packages/server/src/run-tincan.ts";
import { buildPage } from "./build.ts";

// npm start [-- OPTIONS]: the page as the sources have it now, and the server in this process.
await buildPage();
await runTincan(process.argv.slice(2));
