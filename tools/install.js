// Runs before everything else, on whatever Node the machine has and with nothing installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

// Not import.meta.dirname, which the Node that is too old does not have.
const root = fileURLToPath(new URL("..", import.meta.url));

// An older one starts, but npm then leaves out the parts that are made for the machine.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Tincan needs Node 20.19 or newer and this is ${process.versions.node}: get one with npm install --global node@24, or from https://nodejs.org\n`,
  );
  process.exit(1);
}

const lock = readJson("package-lock.json");
const installed = readJson("node_modules/.package-lock.json");

if (!lock || !installed || !isCurrent(lock, installed)) install();

function install() {
  const isFresh = !existsSync(join(root, "node_modules"));
  process.stderr.write(
    isFresh
      ? "Installing what Tincan needs (once, about half a minute)\n"
      : "Installing what has changed\n",
  );
  // Not npm ci: it refuses a lock file in which an optional package of some other platform is
  // missing. This takes the versions of the lock file as well, and with --no-save leaves it alone.
  const saving = lock && isLockCurrent(lock) ? ["--no-save"] : [];
  const args = ["install", ...saving, "--loglevel=error", "--no-fund", "--no-audit"];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (status !== 0) {
    const why = error ? ` (${error.message})` : "";
    process.stderr.write(
      `The installation failed${why}: see above, and look whether this machine reaches the npm registry.\n`,
    );
    process.exit(1);
  }
}

/** Whether node_modules holds what the lock file asks for, by npm's own record of what it put there. */
function isCurrent(wanted, present) {
  const programs = ["node", "tincan"].map((name) => join(root, "node_modules/.bin", name));
  if (!programs.every((program) => existsSync(program))) return false;
  return (
    isLockCurrent(wanted) &&
    Object.entries(wanted.packages).every(([path, entry]) => {
      if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
      const there = present.packages[path];
      // Optional packages are those of other platforms.
      if (!there)
        return entry.optional === true || entry.devOptional === true || entry.peer === true;
      return entry.link ? there.link === true : there.version === entry.version;
    })
  );
}

/** Whether the lock file was written for the package.json files that lie here now. */
function isLockCurrent({ packages }) {
  return Object.entries(packages).every(([path, entry]) => {
    if (path.includes("node_modules/")) return true;
    const manifest = readJson(join(path, "package.json"));
    const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    return manifest && kinds.every((kind) => isSame(manifest[kind], entry[kind]));
  });
}

function isSame(a = {}, b = {}) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8"));
  } catch {
    return undefined;
  }
}
