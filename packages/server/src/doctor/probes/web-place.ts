import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { WebPlace } from "./probes.ts";

/** An agent that goes to the address of a place whatever the DNS says, and looks at no certificate: that is another check. */
export function agentFor({ url, ip }: WebPlace): HttpAgent {
  const lookup: LookupFunction = (_host, options, callback) => {
    const family = isIP(ip);
    if (options.all) callback(null, [{ address: ip, family }]);
    else callback(null, ip, family);
  };
  return url.protocol === "https:"
    ? new HttpsAgent({ lookup, rejectUnauthorized: false })
    : new HttpAgent({ lookup });
}
