import { canonicalIp, isLoopbackIp, isPrivateIp } from "@tincan/webrtc/wire";

/**
 * Takes addresses and names out of a report, so that it can be shown in public. Equal ones get the
 * same stand-in, which says what kind they are: that is what whoever helps has to know.
 */
export function redact(text: string, names: readonly string[]): string {
  const standIns = new Map<string, string>();
  const standIn = (key: string, kind: string): string => {
    const known = standIns.get(key) ?? `<${kind}-${standIns.size + 1}>`;
    standIns.set(key, known);
    return known;
  };
  const isName = (name: string): boolean => name !== "localhost" && canonicalIp(name) === undefined;
  // A longer name first: the shorter one may be its end.
  const longestFirst = [...new Set(names)].filter(isName).sort((a, b) => b.length - a.length);
  let clean = text;
  for (const name of longestFirst) clean = clean.replaceAll(name, standIn(name, "name"));
  return clean.replace(ADDRESS_LIKE, (found) => {
    // "[::1]:443" holds an address, "12:30" and "::" in prose hold none.
    const ip = canonicalIp(found);
    if (ip === undefined) return found;
    return standIn(ip, isLoopbackIp(ip) ? "loopback" : isPrivateIp(ip) ? "private" : "public");
  });
}

const ADDRESS_LIKE = /[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}/g;
