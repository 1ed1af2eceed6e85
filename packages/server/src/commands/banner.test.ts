import { expect, test } from "vitest";
import { banner } from "./banner.ts";

const CERTIFICATE = {
  ...{ cert: "", key: "", expires: new Date(0) },
  selfSigned: true,
  names: { dns: [], ips: [] },
};
const URLS = {
  local: "http://localhost:8080/",
  localSecure: "https://localhost:8443/",
  network: ["https://192.0.2.7:8443/", "https://[2001:db8::5]:8443/"],
};
const SERVER = { urls: URLS, certificate: CERTIFICATE, close: async () => {} };

test("the links come first for this machine, then for the network", () => {
  const text = banner(SERVER, "1.2.3", false);
  const links = [URLS.local, URLS.localSecure, ...URLS.network];
  expect(text.match(/https?:\S+/g)).toEqual(links);
  expect(text).toContain("Tincan 1.2.3");
});

test("a terminal gets a QR code of the first network link, if there is one", () => {
  expect(banner(SERVER, "1", true)).toMatch(
    /For a phone \(https:\/\/192\.0\.2\.7:8443\/\)[\s\S]*█/,
  );
  expect(banner(SERVER, "1", false)).not.toContain("█");
  const alone = { ...SERVER, urls: { ...URLS, network: [] } };
  expect(banner(alone, "1", true)).not.toMatch(/█|On the network/);
});

test("what a self-signed certificate means is said where there is one", () => {
  expect(banner(SERVER, "1", false)).toContain("each browser warns once");
  const real = { ...SERVER, certificate: { ...CERTIFICATE, selfSigned: false } };
  expect(banner(real, "1", false)).not.toContain("warns");
});
