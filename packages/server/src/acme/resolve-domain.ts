import { lookup } from "node:dns/promises";
import { networkAddresses } from "../certificate/machine-names.ts";
import { plainAddress } from "../proxy/address-ranges.ts";
import type { Resolution } from "./certificate-keeper.ts";

/** Where a name leads, as this machine sees it, beside the addresses that it has itself. */
export async function resolveDomain(
  domain: string,
  find: (name: string) => Promise<readonly string[]> = findAddresses,
  own: readonly string[] = networkAddresses(),
): Promise<Resolution> {
  const addresses = await find(domain);
  if (addresses.length === 0) return { isFound: false, words: "which has no address" };
  const leads = `which leads to ${addresses.join(" and ")}`;
  const isHere = addresses.every((ip) => own.includes(plainAddress(ip) ?? ip));
  // Behind a router the public address is not among them, so that this is a hint and no finding.
  const has = own.length === 0 ? "no address" : own.slice(0, 4).join(", ");
  return { isFound: true, words: isHere ? leads : `${leads} (this machine itself has ${has})` };
}

async function findAddresses(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
