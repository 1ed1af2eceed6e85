import { importPem, type NodeTurnServerOptions } from "@tincan/webrtc/node";
import { givenCertificate } from "../certificate/given-certificate.ts";
import type { ServerCertificate } from "../certificate/server-certificate.ts";
import { ServerError } from "../server-error.ts";
import type { ReadTurnOptions } from "./read-turn-options.ts";
import type { TurnPlan } from "./turn-plan.ts";

/** The certificate of `cert` and `pkey`, in the forms that TLS and DTLS want it. */
export interface TurnCertificate extends Pick<NodeTurnServerOptions, "tls" | "dtls"> {
  readonly certificate: ServerCertificate;
}

/** Reads it where the plan wants one. */
export async function readTurnCertificate(
  { values, placeOf }: ReadTurnOptions,
  { wantsTls, wantsDtls }: TurnPlan,
): Promise<TurnCertificate | undefined> {
  const { cert, pkey } = values;
  if (cert === undefined || pkey === undefined || !(wantsTls || wantsDtls)) return undefined;
  const places = { cert: placeOf("cert"), key: placeOf("pkey") };
  const certificate = await givenCertificate(cert, pkey, places);
  return {
    certificate,
    ...(wantsTls && {
      tls: { cert: certificate.cert, key: certificate.key, minVersion: "TLSv1.2" as const },
    }),
    ...(wantsDtls && { dtls: forDtls(certificate, places.key) }),
  };
}

function forDtls(
  certificate: ServerCertificate,
  place: string,
): NodeTurnServerOptions["dtls"] & object {
  try {
    return importPem(certificate.cert, certificate.key);
  } catch (cause) {
    throw new ServerError(
      "bad-certificate",
      `${place}: DTLS cannot use this key; give an ECDSA or RSA key, or no-dtls`,
      { cause },
    );
  }
}
