/**
 * A protocol of the stack by itself: DTLS between two UDP sockets, without SDP and ICE. The machines say what to
 * send and when to wake them; the sockets are ours. Run: `node examples/dtls/dtls-over-udp.ts`
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  DtlsConnection,
  fingerprintOf,
  type LocalCertificate,
  selfSigned,
} from "@tincan/webrtc/dtls";
import { driveMachine, generateEcdsaKey, nodeDtlsCrypto, now } from "@tincan/webrtc/node";

interface Side {
  readonly role: "client" | "server";
  readonly socket: Socket;
  readonly certificate: LocalCertificate;
}

async function side(role: Side["role"]): Promise<Side> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const day = 24 * 60 * 60 * 1000;
  const validity = { notBefore: Date.now() - day, notAfter: Date.now() + day };
  return { role, socket, certificate: selfSigned(nodeDtlsCrypto, generateEcdsaKey(), validity) };
}

async function talk({ role, socket, certificate }: Side, other: Side): Promise<void> {
  socket.connect(other.socket.address().port, "127.0.0.1");
  await once(socket, "connect");
  const connection = new DtlsConnection({
    role,
    crypto: nodeDtlsCrypto,
    certificate,
    // What signaling would have told: the hash of the other one's certificate.
    remoteFingerprints: other.certificate.chain.map((der) => fingerprintOf(nodeDtlsCrypto, der)),
  });
  const say = (text: string) => process.stdout.write(`${role}: ${text}\n`);
  const driven = driveMachine(connection, {
    send: (packet) => socket.send(packet),
    on: (event) => {
      if (event.type === "connected") {
        say(`connected by DTLS ${event.session.version}`);
        if (role === "client") connection.send(Buffer.from("hello"));
      } else if (event.type === "data") {
        say(`received ${Buffer.from(event.data)}`);
        connection.close();
      } else {
        say(event.reason);
        socket.close();
      }
    },
  });
  socket.on("message", (packet) => driven.receive(packet));
  connection.start(now());
  driven.drain();
}

const [client, server] = [await side("client"), await side("server")];
await talk(server, client);
await talk(client, server);
