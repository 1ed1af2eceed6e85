import { wrap } from "@tincan/doctor";
import { formatAddress, type TransportAddress } from "@tincan/webrtc/wire";
import type { RunningTurn } from "./running-turn.ts";
import type { TurnOptions } from "./turn-options.ts";

/** What people read when the server has started: where it listens, and who may use it. */
export function turnBanner(running: RunningTurn, values: TurnOptions, version: string): string {
  const { udp, streams } = running.server.addresses;
  const isSecure = running.certificate !== undefined;
  const rows: [string, string][] = [
    [isSecure && !values.noDtls ? "UDP, DTLS" : "UDP", list(udp)],
    [isSecure && !values.noTls ? (values.noTcp ? "TLS" : "TCP, TLS") : "TCP", list(streams)],
    ...(isSecure
      ? []
      : ([["TLS, DTLS", "off: there is no certificate (cert and pkey)"]] as [string, string][])),
    ["Relays", values.stunOnly ? "nothing (stun-only)" : relays(running)],
    ["Users", values.stunOnly ? "everybody" : users(values)],
  ];
  if (running.metrics !== undefined) {
    const host = values.prometheusAddress;
    const url = formatAddress({ ip: host, port: running.metrics.port });
    rows.push(["Metrics", `http://${url}/metrics`]);
  }
  const lines = rows.flatMap(([title, content]) =>
    wrap(content, 64).map((line, i) => `${(i === 0 ? `${title}:` : "").padEnd(14)}${line}`),
  );
  const text = [
    `Tincan ${version} is running as a STUN and TURN server.`,
    "",
    ...lines,
    "",
    ENDING,
  ];
  return `\n${text.map((line) => `  ${line}`.trimEnd()).join("\n")}\n\n`;
}

const ENDING = "Press Ctrl-C to stop.";

function list(addresses: readonly TransportAddress[]): string {
  return addresses.length === 0 ? "off" : addresses.map(formatAddress).join(", ");
}

function relays({ relays }: RunningTurn): string {
  return relays
    .map(({ ip, externalIp, firstPort, lastPort }) => {
      const outside = externalIp === undefined ? "" : ` as ${externalIp}`;
      return `${ip}${outside} ports ${firstPort} to ${lastPort}`;
    })
    .join(", ");
}

function users({ user, staticAuthSecret, realm }: TurnOptions): string {
  const fixed = user.length === 0 ? [] : [`${user.length} with a password or key`];
  const limited =
    staticAuthSecret.length === 0
      ? []
      : [`time-limited ones by ${staticAuthSecret.length} secret(s)`];
  return `${[...fixed, ...limited].join(", ")}, in the realm ${realm}`;
}
