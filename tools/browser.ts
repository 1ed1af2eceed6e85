import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** The path of a Chromium or Chrome: `CHROME_PATH`, else an installed one, else one installed now. */
export function chromiumPath(): string {
  return installedChromium() ?? installChromium();
}

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

const PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  win32: [
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
  ],
};

function installedChromium(): string | undefined {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Error(`CHROME_PATH names ${chosen}, which is not a program that can be run.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = process.platform === "win32" ? [] : folders;
  return [
    ...onPath.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...(PLACES[process.platform] ?? []),
    chromium.executablePath(),
  ].find(isExecutable);
}

function installChromium(): string {
  installDebianPackage();
  const packaged = installedChromium();
  if (packaged !== undefined) return packaged;
  installPlaywrightBuild();
  const downloaded = installedChromium();
  if (downloaded !== undefined) return downloaded;
  throw new Error(
    "The browser tests need Chromium or Chrome and none could be installed: install one " +
      "(Debian: apt-get install chromium), or set CHROME_PATH to its program, and run npm test again.",
  );
}

/** Debian's own package; Ubuntu's of that name only leads to a snap, which containers cannot run. */
function installDebianPackage(): void {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  say("No Chromium found: installing Debian's chromium package (about a minute)");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]): void => {
    spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  apt("update");
  apt("install", "--yes", "--no-install-recommends", "chromium");
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function installPlaywrightBuild(): void {
  say("No Chromium found: downloading the one that Playwright keeps (about 170 MB)");
  const cli = join(import.meta.dirname, "../node_modules/playwright-core/cli.js");
  try {
    execFileSync(process.execPath, [cli, "install", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  } catch {
    // The caller looks again and says what to do.
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${chromiumPath()}\n`);
}
