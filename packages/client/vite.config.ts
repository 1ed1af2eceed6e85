import { defineConfig } from "vite";

/**
 * The package as ES modules for pages without a bundler, one for each entry of package.json:
 * `dist-bundle/tincan.js`, `chat.js` and so on, which the server has at `/sdk/`. What they share, and
 * what few browsers ask for, such as webrtc-adapter, stays in files of its own beside them.
 */
export default defineConfig({
  build: {
    outDir: "dist-bundle",
    target: "es2022",
    lib: {
      entry: {
        tincan: "src/index.ts",
        chat: "src/chat/index.ts",
        code: "src/code/index.ts",
        doctor: "src/doctor/index.ts",
        devices: "src/devices/index.ts",
        recording: "src/recording/index.ts",
        screen: "src/screen/index.ts",
        stats: "src/stats/index.ts",
        verify: "src/verify/index.ts",
        files: "src/files/index.ts",
        embed: "src/embed/index.ts",
        "download-worker": "src/files/sinks/download-worker.ts",
      },
      formats: ["es"],
    },
    minify: true,
    rolldownOptions: {
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "tincan-[name].js",
        // Apart from the rest, so that each can be seen to grow.
        codeSplitting: { groups: [{ name: "socket-io", test: /(socket|engine)\.io/ }] },
      },
    },
  },
});
