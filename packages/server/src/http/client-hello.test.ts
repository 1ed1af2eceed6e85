import { Duplex } from "node:stream";
import { connect } from "node:tls";
import fc from "fast-check";
import { expect, it } from "vitest";
import { clientHelloProtocols } from "./client-hello.ts";

/** The first bytes that Node's own TLS client sends. */
function clientHello(protocols: readonly string[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
      },
    });
    connect({ socket, servername: "call.example.org", ALPNProtocols: [...protocols] }).on(
      "error",
      () => {},
    );
  });
}

it.each([[["acme-tls/1"]], [["h2", "http/1.1"]], [[]]])("reads %j", async (protocols) => {
  expect(clientHelloProtocols(await clientHello(protocols))).toEqual({ state: "read", protocols });
});

it("wants the whole of it", async () => {
  const hello = await clientHello(["acme-tls/1"]);
  for (let length = 0; length < hello.length; length += 1) {
    expect(clientHelloProtocols(hello.subarray(0, length)).state).toBe("incomplete");
  }
});

it("bears with bytes of any kind", async () => {
  const hello = await clientHello(["acme-tls/1"]);
  const states = ["incomplete", "read", "unreadable"];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(states).toContain(clientHelloProtocols(bytes).state);
    }),
  );
  const place = fc.tuple(fc.nat(hello.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 8 }), (places) => {
      const mutated = Buffer.from(hello);
      for (const [index, byte] of places) mutated[index] = byte;
      expect(states).toContain(clientHelloProtocols(mutated).state);
    }),
  );
});
