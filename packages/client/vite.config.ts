import { defineConfig } from "vite";

/**
 * The package as one ES module for pages without a bundler: `dist-bundle/tincan.js`, which the server
 * has at `/sdk/tincan.js`. webrtc-adapter stays a file of its own beside it, as few browsers ask for it.
 */
export default defineConfig({
  build: {
    outDir: "dist-bundle",
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "tincan.js" },
    minify: true,
    rolldownOptions: { output: { chunkFileNames: "tincan-[name].js" } },
  },
});
