import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../e2e/support/browser.ts";

/** Makes the icons of the installed page out of its SVG: `node tools/icons.ts`. */
const publicFolder = join(import.meta.dirname, "../apps/web/public");
const svg = readFileSync(join(publicFolder, "icon.svg"), "utf8");

/** Systems cut maskable icons to circles and the like, of which 80 % of the width is the safe part. */
const ICONS = [
  { name: "icon-192", size: 192, share: 1, background: "transparent" },
  { name: "icon-512", size: 512, share: 1, background: "transparent" },
  { name: "maskable-512", size: 512, share: 0.9, background: "#ffc233" },
  { name: "apple-touch-icon", size: 180, share: 1, background: "#ffc233" },
];

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  for (const { name, size, share, background } of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${background}">
        <style>svg { width: ${share * 100}vw; height: ${share * 100}vw }</style>${svg}`,
    );
    const path = join(publicFolder, "icons", `${name}.png`);
    await page.screenshot({ path, omitBackground: background === "transparent" });
  }
} finally {
  await browser.close();
}
