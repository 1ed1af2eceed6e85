import { expect, test } from "vitest";
import { serverUrls } from "./server-urls.ts";

const ADDRESSES = ["192.0.2.7", "2001:db8::5"];
const SELF_SIGNED = {
  ...{ cert: "", key: "", expires: new Date(0) },
  selfSigned: true,
  names: { dns: ["localhost"], ips: [] },
};
const PORTS = { port: 8443, httpPort: 8080 };

test("on all interfaces, every address has a link", () => {
  expect(serverUrls({ ...PORTS, host: undefined, certificate: SELF_SIGNED }, ADDRESSES)).toEqual({
    local: "http://localhost:8080/",
    localSecure: "https://localhost:8443/",
    network: ["https://192.0.2.7:8443/", "https://[2001:db8::5]:8443/"],
  });
});

test.each([
  ["0.0.0.0", "https://localhost:8443/", ["https://192.0.2.7:8443/"]],
  ["127.0.0.1", "https://localhost:8443/", []],
  ["2001:db8::5", "https://[2001:db8::5]:8443/", ["https://[2001:db8::5]:8443/"]],
])("on %s, only what listens has a link", (host, localSecure, network) => {
  const urls = serverUrls({ ...PORTS, host, certificate: SELF_SIGNED }, ADDRESSES);
  expect(urls).toMatchObject({ localSecure, network });
});

test("with a real certificate the links are its names, without the default port", () => {
  const names = { dns: ["call.example.org", "*.example.org"], ips: [] };
  const certificate = { ...SELF_SIGNED, selfSigned: false, names };
  expect(
    serverUrls({ port: 443, httpPort: 80, host: undefined, certificate }, ADDRESSES),
  ).toMatchObject({ local: "http://localhost/", network: ["https://call.example.org/"] });
});
