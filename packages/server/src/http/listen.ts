import type { AddressInfo, Server } from "node:net";
import { ServerError, systemCode } from "../server-error.ts";

/** Where to listen, and which options to name when that fails. */
export interface ListenPlace {
  readonly port: number;
  readonly host: string | undefined;
  readonly portOption: string;
  readonly hostOption?: string;
}

/** Starts to listen and answers with the port. */
export function listen(server: Server, place: ListenPlace): Promise<number> {
  const { port, host } = place;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new ServerError("cannot-listen", sentence(cause, place), { cause }));
    };
    server.once("error", fail);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off("error", fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function sentence(cause: Error, { port, host, portOption, hostOption }: ListenPlace): string {
  const code = systemCode(cause);
  switch (code) {
    case "EADDRINUSE":
      return `${portOption}: port ${port} is in use by another program; stop that, or choose another port, for example ${portOption} ${port < 65_535 ? port + 1 : 8443}`;
    case "EACCES":
      return `${portOption}: this user may not listen on port ${port}; choose one above 1023, for example ${portOption} 8443`;
    default:
      return hostOption === undefined
        ? `${portOption}: cannot listen on ${host} port ${port} (${code ?? cause.message})`
        : `${hostOption}: cannot listen on ${host ?? "all interfaces"} (${code ?? cause.message}); give an address of this machine, or leave ${hostOption} out`;
  }
}
