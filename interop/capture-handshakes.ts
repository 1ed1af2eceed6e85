import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  base64,
  type Capture,
  type CapturedHandshake,
} from "../packages/webrtc/src/dtls/fixtures/captured-handshake.ts";
import {
  type DtlsVersion,
  fingerprintOf,
  parseFingerprint,
} from "../packages/webrtc/src/dtls/index.ts";
import { contentType, recordHeaderLength } from "../packages/webrtc/src/dtls/record.ts";
import { nodeDtlsCrypto as crypto } from "../packages/webrtc/src/node/index.ts";
import { chromiumPath } from "../tools/browser.ts";
import { startChromium } from "./support/chromium.ts";
import { startFirefox } from "./support/firefox.ts";
import { exportedByKeyLog } from "./support/key-log.ts";
import type { PagePeer } from "./support/page-peer.ts";
import { pemCertificate } from "./support/pem-certificate.ts";
import { RecordedSide } from "./support/recorded-side.ts";

/**
 * `npm run capture:handshakes`: DTLS handshakes with Chromium, Firefox and OpenSSL, in both roles,
 * into packages/webrtc/src/dtls/fixtures. `captured-handshakes.test.ts` there replays them.
 */

const FIXTURES = new URL("../packages/webrtc/src/dtls/fixtures/", import.meta.url);
const ROLES = ["client", "server"] as const;
/** What we are open to; the first is what a browser then takes. */
const VERSIONS: readonly (readonly DtlsVersion[])[] = [["1.3", "1.2"], ["1.2"]];
/** How long OpenSSL may be silent. */
const LIMIT_MS = 15_000;

const folder = mkdtempSync(join(tmpdir(), "capture-"));
const chromium = await startChromium();
await captureBrowser("chromium", chromiumPath(), () =>
  chromium.make({ servers: [], isRelayed: false, onCandidate: () => {} }),
);
await chromium.close();
const keyLog = join(folder, "keys.log");
const firefox = await startFirefox({ keyLog });
await captureBrowser(
  "firefox",
  "firefox-esr",
  () => firefox.make({ servers: [], isRelayed: false }),
  (handshake) => exportedByKeyLog(readFileSync(keyLog, "latin1"), handshake),
);
await firefox.close();
await captureOpenSsl();
rmSync(folder, { recursive: true });
execFileSync("npx", ["biome", "format", "--write", FIXTURES.pathname], { stdio: "inherit" });

async function captureBrowser(
  name: string,
  program: string,
  make: () => Promise<PagePeer>,
  exportedBy?: (handshake: CapturedHandshake) => string,
): Promise<void> {
  const handshakes: CapturedHandshake[] = [];
  for (const role of ROLES) {
    for (const versions of VERSIONS) {
      const handshake = await withoutRepeats(() => withPage(name, make, role, versions));
      const exported = exportedBy?.(handshake);
      handshakes.push({ ...handshake, ...(exported !== undefined && { exported }) });
    }
  }
  keep(name, versionOf(program, "--version"), handshakes);
}

async function withPage(
  name: string,
  make: () => Promise<PagePeer>,
  role: CapturedHandshake["role"],
  versions: readonly DtlsVersion[],
): Promise<CapturedHandshake> {
  const page = await make();
  await page.createChannel("chat");
  const { sdp } = await page.offer({ restart: false });
  const believed = parseFingerprint(/^a=fingerprint:(.*?)\r?$/m.exec(sdp ?? "")?.[1] ?? "");
  if (!believed.ok) throw new Error(`${name} has told no fingerprint`);
  const side = await RecordedSide.bind(role, versions, believed.value);
  await page.accept({ type: "answer", sdp: side.answer });
  const handshake = await side.captured();
  await page.dispose();
  return handshake;
}

/** Again where the peer has said something twice: Chromium does after 50 ms. A changed copy would then do no harm. */
async function withoutRepeats(
  capture: () => Promise<CapturedHandshake>,
): Promise<CapturedHandshake> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const handshake = await capture();
    const theirs = handshake.datagrams.filter((one) => one.startsWith("<"));
    const packets = theirs.map((one) => Buffer.from(one.slice(2), "base64"));
    // The header of the first message; that of its record counts on.
    const clear = packets.filter(([type]) => type === contentType.handshake);
    const first = clear.map((packet) => packet.toString("hex", recordHeaderLength, 25));
    if (new Set(first).size === first.length) return handshake;
  }
  throw new Error("this machine is too busy: handshakes take longer than 50 ms");
}

async function captureOpenSsl(): Promise<void> {
  const { cert, key, local } = pemCertificate();
  writeFileSync(join(folder, "cert.pem"), cert);
  writeFileSync(join(folder, "key.pem"), key);
  const believed = fingerprintOf(crypto, local.chain[0] as Uint8Array);
  const handshakes: CapturedHandshake[] = [];
  for (const role of ROLES) {
    const side = await RecordedSide.bind(role, ["1.2"], believed);
    const port = await freePort();
    const openssl = spawn("openssl", [
      ...(role === "client"
        ? ["s_server", "-accept", `${side.ip}:${port}`, "-Verify", "1"]
        : ["s_client", "-connect", `${side.ip}:${side.port}`]),
      ...["-dtls1_2", "-cert", join(folder, "cert.pem"), "-key", join(folder, "key.pem")],
      ...["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "60"],
      ...["-use_srtp", "SRTP_AES128_CM_SHA1_80"],
    ]);
    let text = "";
    const said = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) return match[1] ?? "";
        await once(openssl.stdout, "data", { signal: AbortSignal.timeout(LIMIT_MS) });
      }
    };
    openssl.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    if (role === "client") {
      await said(/ACCEPT/);
      side.begin(side.ip, port);
    }
    const exported = Buffer.from(await said(/Keying material: ([0-9A-F]+)/), "hex");
    openssl.stdin.write("from openssl to tincan\n");
    handshakes.push({ ...(await side.captured()), exported: base64(exported) });
    openssl.kill("SIGKILL");
  }
  keep("openssl", versionOf("openssl", "version"), handshakes);
}

function keep(name: string, peer: string, handshakes: readonly CapturedHandshake[]): void {
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const day = new Date().toISOString().slice(0, 10);
  const origin = `Captured by interop/capture-handshakes.ts on ${system}, ${day}`;
  const capture: Capture = { peer, origin, handshakes };
  writeFileSync(new URL(`${name}.json`, FIXTURES), JSON.stringify(capture));
  process.stdout.write(`${peer}: ${handshakes.length} handshakes\n`);
}

function versionOf(program: string, option: string): string {
  const text = execFileSync(program, [option], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return /^(.*? [\d.]+\w*)/.exec(text)?.[1] ?? text.trim();
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
