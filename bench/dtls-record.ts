import {
  type CipherSuiteName,
  DtlsConnection,
  fingerprintOf,
  selfSigned,
} from "../packages/webrtc/src/dtls/index.ts";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../packages/webrtc/src/node/index.ts";

/**
 * What a DTLS record of 1200 bytes costs: sealed into a slot, received and opened in place, and a
 * whole handshake of both sides. CPU microseconds; run with `node bench/dtls-record.ts`.
 */

const size = 1200;
const records = 60_000;
const suites: readonly CipherSuiteName[] = [
  "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
];

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });
const remoteFingerprints = [fingerprintOf(crypto, certificate.chain[0] as Uint8Array)];

process.stdout.write(`us of CPU per record of ${size} B\n`);
for (const suite of suites) {
  measure(suite, 2000);
  const { seal, open } = measure(suite, records);
  process.stdout.write(`${suite.padEnd(44)} seal ${seal.toFixed(2)}  open ${open.toFixed(2)}\n`);
}
const handshakes = 300;
connected(suites[0] as CipherSuiteName);
const perHandshake = cpuMicros(() => {
  for (let i = 0; i < handshakes; i += 1) connected(suites[0] as CipherSuiteName);
});
process.stdout.write(
  `handshake, both sides: ${(perHandshake / handshakes / 1000).toFixed(2)} ms\n`,
);

function measure(
  suite: CipherSuiteName,
  count: number,
): { readonly seal: number; readonly open: number } {
  const [client, server] = connected(suite);
  const data = new Uint8Array(size).fill(1);
  const stride = size + client.overhead;
  // Slots enough that the cache sees what a socket's batch would show it.
  const batch = 64;
  const slots = new Uint8Array(batch * stride);
  const lengths = new Uint32Array(batch);
  let seal = 0;
  let open = 0;
  for (let done = 0; done < count; done += batch) {
    seal += cpuMicros(() => {
      for (let i = 0; i < batch; i += 1) lengths[i] = client.seal(data, slots, i * stride);
    });
    open += cpuMicros(() => {
      for (let i = 0; i < batch; i += 1) {
        const at = i * stride;
        server.receive(slots.subarray(at, at + (lengths[i] as number)), 0);
        while (server.poll() !== undefined);
      }
    });
  }
  if (server.faults.size > 0) throw new Error("records were dropped");
  return { seal: seal / count, open: open / count };
}

function connected(suite: CipherSuiteName): readonly [DtlsConnection, DtlsConnection] {
  const shared = { crypto, certificate, remoteFingerprints, cipherSuites: [suite] };
  const client = new DtlsConnection({ ...shared, role: "client" });
  const server = new DtlsConnection({ ...shared, role: "server" });
  client.start(0);
  server.start(0);
  while (client.state !== "connected" || server.state !== "connected") {
    pass(client, server);
    pass(server, client);
  }
  return [client, server];
}

function pass(from: DtlsConnection, to: DtlsConnection): void {
  for (let output = from.poll(); output; output = from.poll()) {
    if (output.type === "packet") to.receive(output.packet, 0);
  }
}

function cpuMicros(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}
