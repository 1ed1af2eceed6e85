import { defineConfig, type UserConfig } from "vite";
import solid from "vite-plugin-solid";

const config: UserConfig = defineConfig({
  plugins: [solid()],
  build: {
    // The Content-Security-Policy allows no data: addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
  },
  server: {
    proxy: { "/socket.io": { target: "http://127.0.0.1:8080", ws: true } },
  },
});

export default config;
