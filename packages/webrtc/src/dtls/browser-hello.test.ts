import { describe, expect, it } from "vitest";
import { nodeDtlsCrypto as crypto, generateEcdsaKey } from "../node/index.ts";
import { decodeFragments, handshakeType } from "./handshake-message.ts";
import { DtlsConnection, selfSigned } from "./index.ts";
import { decodeRecord } from "./record.ts";
import { decodeServerHello, type ServerHello } from "./server-hello.ts";

/**
 * The first flights of browsers that offer DTLS 1.3 and a post-quantum key share first: a hello
 * too long for one datagram, out of which we take what our policy is. Captured on Debian 12 in November 2026.
 */
const hellos = [
  {
    browser: "Chromium 156",
    datagrams: [
      `Fv7/AAAAAAAAAAAEowEABYUAAAAAAAAEl/79Myhjnlno4p1wqvRRVBm7VYvoU0P5KtEUAxkbiezelAcAAAAcEw
      ETAhMDwCvAL8ypzKjACcATwArAFACcAC8ANQEABT//AQABAAAtAAIBAQAKAAoACBHsAB0AFwAYAA4ACQAGAAEA
      CAAHAAAzBOoE6BHsBMCtlHJmC7xBeDgi1ioPOWS5RT09kJc6oVuqO5ZMq4d+iB5+UH8F6CELoDUm3K2I+FcXFm
      z6mw+RZ8V/cK52RwOSNGXG4I7Uo1RLaGXnuwhPRxYg5szaO2gErDPea24lx52AOcngG3ptXEG9ksSqFTfkhhd3
      2VT3WLTVFDr/iMYed1ZsMH+BgMxcM4p4mq4EwmtS94LpRAFg0axR0bYU8EUzNWhFaYOEJTEnVRGSUIOjuXaoWW
      gK4mQitwUjB4Xr1ZmqkzRQ4Ee/iYUqXMqL5x4pa7KVShpikxBk06dJyUZ8Yc84YV8fI0gFWYw3UaIQtrO6qpaG
      +C7I0ZS0ZQcoBlpBWADWIhEd416AQB43YgG/d4uAq1usBF2SxhzqvJ/gg0/V8Mv6VWjBkxlReYYOYRIr7AHBRl
      uawLsedaut8ETFTG4+xrMkowX+NhZ2fKFnG7xlN8rBICOG+Bm7KmeeEj8XsAQjcVsBvC+3BWVMc1ewmHoh+GX0
      OciiYyZO2UKFAaE/g4d/42gXqKv0GVFDh2r+Ka6R6Z+P2GNAu1POcnedUcn9Vk9jFUCwIBQ64CvP0QU/9Y/xTF
      V/RVcH+HWyUEdsCVvFEqnYCS8MOgt7AMdquB47I7NVrEqodEJMtrOh0zJeV0DNV3FZPHCpxWspigG/5HOwV2FD
      eW4f5FGb2LI5cxVMqVMs62Eb1B1RC81OgY1W7A/UaboNyXiaDEGohKC/5rvl8IBilLQI1qDj8HA6ec48R0cTqm
      LI57lSk7Opa3+NAnDeR1EPWHEiqAsxuFLcO4F/M4Cz8prWI5E0RHeDgmCNEHF4JoGXekaONJINe2ykAlYlIR+J
      WK8mzE6yDMZV1lDeEWFXZ5Sh1G5QFRIZKa866G2G03enzAFOmq81FyGXUB8LlkkyLIW7Qq7jcXCOZIPtCoB6p8
      ev51ZDyhprC8tu5mh1qE/DRs9twMnOqXiCIwJUgHciw4eUHBwCVokn5G2m2i/gg5NFCpxs4osAY62X4LQQ4JH7
      aW1dLG7j3Ktk4Qcamat7wBGwGgiR66RvJCSofLr6e3OOilYjBpsMpw41gEf2IiyEKzVP61uoOH1JSYj8kEPc8Z
      4jli9H9Lm2hjJCZ5aZMq8T6GBgbJZ+2kis6Gp4fJmdEmMWi4RL8MOjtcgJYatqZk50VMM5cyVgdCXbyMh81T6o
      EyML6yfO/KTj5BV4gc4QQ8t2EqIB9wu25BtQBBtzpajqnC9zJ1Fr8FAeLAdV1rF3CU6iUigqFwGl9FprJ6Oo8m
      LN1Sd/WTmYihT2MJUVQlbzxz3iCqEXMlef5WOq8Y1MNpF45rTx24BOO83Wc5X3CDF7BBfvJ3f2SxvJFhlRaGqR
      kxn0ob+RuRHcWyv5laH+Eyb9u7THqp5piZDchytsOZ6ficx29lRq`,
      `Fv7/AAAAAAAAAAEA+gEABYUAAAAElwAA7oaRF2lSLyW4dtcPFsjGplxhn7hxRoYm6OKZNusL9yZNyCJ0A1RAZM
      Gl4EtcLXe3fLJEtGy5+aNSktSpX0UejoacpsErnyygyHQRi1hYNoO0s1Kuu2eaBNe2CHyXQuBaX5rnEc/xNoMO
      8k9mTaYRLwwc770PIahNiMdCRkED8Gvg6A5Jn2MlZh0R8niIWDCevcA1mnDR7sXQF2JoQPJDdgAdACBCq3MNWU
      H900Ott5U89EwTussygF3EJtNkBFW/w82BYAANABQAEgQDCAQEAQUDCAUFAQgGBgECAQArAAUE/vz+/QALAAIB
      AAAXAAA=`,
    ],
  },
  {
    browser: "Firefox 153",
    datagrams: [
      `Fv7/AAAAAAAAAAAFcwEABbUAAAAAAAAFZ/79Xg/Jzs5n1duIdMbeLcJ07bzicf4O7B7yXfVLvSYnr2QAAAAUEw
      ETA8ArwC/MqcyowArACcATwBQBAAV3ABcAAP8BAAEAAAoADgAMEewAHQAXABgBAAEBAAsAAgEAABAAEgAQBndl
      YnJ0YwhjLXdlYnJ0YwAiAAoACAQDBQMGAwIDADME6gToEewEwHShYP5nsXxCTTQAyIaxlCElkTkSDtDrw/ZSuw
      c1IqO5wc9BwXm5S7biN1p4oRMovn/lOnI3g9XsGreyAg40TwzUywtKkr1qagTClz4Qk09ce2SLbo8SjhGwC8w5
      s0dAZ/R5JPYwuO9ACbyAmYIHubn7ZLXCt6+iJkeMOPEUoiH7US/pQ0RVDEKgXkgjQgEkikt5KldUbDKGKlWRRb
      igr59WQ2bxTOW7NBdCAGDkBljBmlBKDsf4n1bWukV3iaPXynnJBLCDtblROnBEA6vCt2gWSQoki07ZWKfbmL5k
      oHiQWv2LmQnBytmDVg4aZEP1huiHQE5YnYPsEyPUsHqWurQYIAO8utXSavLUp6iip6ZFSyF5SjxQH+O2DqfFcS
      CXIoq0B7s8y6n3eZLZSlPyKB4MUz8WUA3HNkj8A5SQYf9XReIZW4tUqyYJvRhjiwnqy9l3TCtQLuPGIntsYBeh
      Q84gx+PaoMHwlpnkT+OhA8d8IzVxg7BpUHbENvGDHALUmAxItr2YEEd5TH13hC5SLCKcvTZUxU6QlATQtJJXPC
      m2Wy2Knc7SkQYkDT4qKTnmUGs0pIiamWqlTJomq4sLovqEVtTgSBWbNemMSFRZr6u8jlhUU+5gcPnzQ+HsoYxS
      kTUpA+kTFXA0uxlln9r7rizIIwtrfBGyPjg4e0OYVw7mCJTAHH6zEpyTDprmIcQLtHZQPuCsCg1IIuMGzJwXgw
      1KTyPMNMtksXSIG68TF24iOqJCQcPUf1d1kRipv+vxEqwCamQMOU3ERZSFOviVEErhCopgZTxTypAncY96lWXA
      EGyERMpqUqtyLr87vvHHmP1FeDHGuIQEiLp8SztKsF31mt11wNw2y3xCpw6HBRRzyLWXzvOIRxGEHFqblkoFqF
      O3kffLZZyqtEycSchCCmhiFaXyknHMxx/Zw0tDUHrpjj+xkSEgLfUpP/gpnog3ogBnDGgatTs8sqg8kyKVBN6F
      C9RbHFHQPmLnnggLvycaTGyJepN2bmOJBeUzOg0BSC4oCnSsASdxVC7YJsI4jpmcp4t4wOrkuFzwtDByMNhrc4
      q6tq+UKEqZjRIRCxf0YhkAhgPbBZsMHnpTvwiDYzaGOdjVVb0Car/xKm6aLRJjD/YlvxfJWhfVAFnqqd5nE6Jn
      X767qYTlD/7gWlxVX10JjedLiw5HmUd8vk78FOyTrt3kmwRorYtLuUqrJ/Vgr5WKl7fcSfkrx0/KyZgmeT5zQ2
      6iaSyVh8VLmI5Zr8djq+e5G4MGyYHAViosaL6obsnsZ+LhznCrXhqzoBupncxUpnERIrRGFrSLU2YMaSxZCdjl
      qcnsg9xQxhmFL+ySX2CbETn2V/dbN2/qV5XygcjFUi98cVDphNHoIJFTaxJTL/Okitl3qndZu3OiSKNUcxe8TU
      D7rLdyuAh7de02F5OsDPTzpsTiKgAKmuxrcmxgtPmXfdpTnixMnpLwgAdAisOcI4WARP01MSzcKwcjZTCbX784
      r5FLXk8oz721XIoTSKYoycOpGEcqCAOIFYnnYj8ZAiAnGfX/CqhkUA9KCje2a9gdd3xs7CoA6G40JXXMtbbmOu
      C0dzBov0hvh/SmHaC46qRTa+CFEuAqduaXhQAAHQAgtbbmOuC0dzBov0hvh/SmHaC46qRTaw==`,
      `Fv7/AAAAAAAAAAEAWgEABbUAAAAFZwAATuCFEuAqduaXhQAAKwAHBv78/v0DAwANACAAHgQDBQMGAwIDCAQIBQ
      gGBAEFAQYBAgEEAgUCBgICAgAcAAJAAQAOAAsACAAHAAgAAQACAA==`,
    ],
  },
] as const;

const certificate = selfSigned(crypto, generateEcdsaKey(), { notBefore: 0, notAfter: 1000 });

describe.each(hellos)("$browser", ({ datagrams }) => {
  const [first, second] = datagrams.map((text) => Buffer.from(text, "base64"));

  it.each([
    ["in order", [first, second]],
    ["the other way round", [second, first]],
    ["with one doubled", [second, second, first]],
  ])("is understood %s", (_name, packets) => {
    const server = new DtlsConnection({
      role: "server",
      versions: ["1.2"],
      crypto,
      certificate,
      srtpProfiles: ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"],
    });
    server.start(0);
    for (const packet of packets) server.receive(Uint8Array.from(packet as Uint8Array), 0);
    const hello = serverHello(server);
    expect(hello.version).toBe(0xfefd);
    expect(hello.cipherSuite).toBe(0xc02b);
    expect(hello.extensions).toMatchObject({
      useSrtp: { profiles: [7] },
      extendedMasterSecret: true,
      encryptThenMac: false,
      renegotiationInfo: new Uint8Array(0),
    });
    expect(server.faults.size).toBe(0);
  });

  it("is answered with 1.3, by the key share that we know", () => {
    const server = new DtlsConnection({ role: "server", crypto, certificate });
    server.start(0);
    for (const packet of [first, second]) server.receive(Uint8Array.from(packet as Uint8Array), 0);
    const hello = serverHello(server);
    expect(hello.cipherSuite).toBe(0x1301);
    expect(hello.extensions).toMatchObject({
      supportedVersions: [0xfefc],
      keyShares: [{ group: 29 }],
    });
    expect(server.faults.size).toBe(0);
  });

  it("is not answered before it is whole", () => {
    const server = new DtlsConnection({ role: "server", crypto, certificate });
    server.start(0);
    server.receive(Uint8Array.from(second as Uint8Array), 0);
    expect(server.poll()).toBeUndefined();
  });
});

function serverHello(server: DtlsConnection): ServerHello {
  const output = server.poll();
  if (output?.type !== "packet") throw new Error("no answer");
  const record = decodeRecord(output.packet, 0);
  const fragments = record.ok ? decodeFragments(record.value.fragment) : undefined;
  const fragment = fragments?.ok ? fragments.value[0] : undefined;
  if (fragment?.type !== handshakeType.serverHello) throw new Error("no ServerHello");
  const hello = decodeServerHello(fragment.bytes);
  if (!hello.ok) throw new Error(hello.fault);
  return hello.value;
}
