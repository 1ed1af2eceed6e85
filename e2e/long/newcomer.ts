import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { AcmeAuthority } from "../support/acme-authority.ts";

/**
 * Does on a bare Debian, as root, what docs/deployment.md says under "A machine of your own": its commands are
 * read from there, and nothing else is installed. The certificate comes from the tests' own authority, in
 * a network namespace where ports 80 and 443 are free. Needs root, debootstrap and some minutes.
 *
 *     node e2e/long/newcomer.ts [MIRROR = http://deb.debian.org/debian]
 */

const DOMAIN = "call.example.org";
const PATIENCE_MS = 120_000;
const ROOT = join(import.meta.dirname, "../..");
/** Without /proc, which every machine has, npm ends in the middle of an installation. */
const INSIDE = 'mount -t proc proc "$0/proc"; exec chroot "$0" bash -ec "$1"';

if (process.argv[2] === "--serve") await serve(process.argv[3] as string);
else install(process.argv[2] ?? "http://deb.debian.org/debian");

function install(mirror: string): void {
  const folder = mkdtempSync(join(tmpdir(), "tincan-newcomer-"));
  const debian = join(folder, "debian");
  try {
    tell("A bare Debian");
    run(
      "debootstrap",
      "--variant=minbase",
      "--include=ca-certificates",
      "bookworm",
      debian,
      mirror,
    );
    // What a machine has that is not installed by hand: names, trust, and the repository somewhere.
    for (const file of ["etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"]) {
      copyFileSync(join("/", file), join(debian, file));
    }
    appendFileSync(join(debian, "etc/hosts"), `127.0.0.1 localhost ${DOMAIN}\n`);
    run("git", "clone", "--quiet", "--bare", ROOT, join(debian, "srv/tincan.git"));
    for (const script of documented().slice(0, -1)) {
      tell(script);
      run("unshare", "--mount", "bash", "-ec", INSIDE, debian, script);
    }
    const serving = [process.execPath, import.meta.filename, "--serve", debian];
    run("unshare", "--mount", "--net", ...serving);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The server as the last command of the page starts it, with another authority. */
async function serve(debian: string): Promise<void> {
  run("ip", "link", "set", "lo", "up");
  await using authority = await AcmeAuthority.start({ httpPort: 80, tlsPort: 443 });
  const command = `cd /opt/tincan && exec ${documented().at(-1)?.trim()} --acme-directory ${authority.directory}`;
  tell(command);
  const server = spawn("bash", ["-ec", INSIDE, debian, command], {
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const ended = once(server, "exit");
  try {
    const begin = performance.now();
    const page = await reach(authority.root);
    if (!page.includes("<!doctype html>")) throw new Error(`This is not the page: ${page}`);
    tell(`The page came over HTTPS after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  } finally {
    process.kill(-(server.pid as number), "SIGTERM");
    await ended;
  }
}

/** The page, once there is a certificate that the authority vouches for. */
async function reach(ca: string): Promise<string> {
  for (const until = performance.now() + PATIENCE_MS; ; await wait(500)) {
    try {
      const options = { host: "127.0.0.1", servername: DOMAIN, headers: { host: DOMAIN }, ca };
      const [response] = await once(get({ ...options, agent: false }), "response");
      return await text(response);
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

/** The commands of "A machine of your own", in order; the last one starts the server. */
function documented(): readonly string[] {
  const page = readFileSync(join(ROOT, "docs/deployment.md"), "utf8");
  const [, section = ""] = /^## A machine of your own$(.*?)^##/ms.exec(page) ?? [];
  const scripts = Array.from(section.matchAll(/```sh\n(.*?)```/gs), ([, script = ""]) =>
    script.replaceAll(/^ +/gm, "").replace("URL-OF-THIS-REPOSITORY", "/srv/tincan.git"),
  );
  if (!scripts.at(-1)?.startsWith("npx tincan serve --domain")) {
    throw new Error("docs/deployment.md does not end with the command that starts the server");
  }
  return scripts;
}

function run(program: string, ...args: readonly string[]): void {
  // What npm tells the scripts that it runs is of this machine, and would lead the newcomer's npm astray.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE$/i.test(name));
  const env = { ...Object.fromEntries(own), DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  execFileSync(program, args, { env, stdio: ["ignore", "inherit", "inherit"] });
}

function tell(words: string): void {
  process.stderr.write(`\n${words.trimEnd()}\n`);
}
