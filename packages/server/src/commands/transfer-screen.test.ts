import { parseCode, type TransferCode } from "@tincan/send";
import { expect, test } from "vitest";
import { networkAddresses } from "../certificate/machine-names.ts";
import type { Io } from "../io.ts";
import { readTransferArguments } from "./transfer-arguments.ts";
import { TransferScreen } from "./transfer-screen.ts";

const CODE = "4821-beacon-mosaic-tulip";

test("the link leads to where others reach the server, if they do at all", () => {
  const [address = "localhost"] = networkAddresses();
  const here = address.includes(":") ? `[${address}]` : address;
  expect(linkTo("https://localhost:8443")).toBe(`https://${here}:8443/receive#${CODE}`);
  expect(linkTo("https://call.example")).toBe(`https://call.example/receive#${CODE}`);
  // Plain http is served to this machine alone.
  expect(linkTo("http://localhost:8080")).toBe(`http://localhost:8080/receive#${CODE}`);
});

function linkTo(server: string): string | undefined {
  let written = "";
  const output = { write: (data: string | Uint8Array) => (written += data) };
  const io: Io = {
    ...{ env: {}, cwd: "/", stdout: output, stderr: output },
    interrupted: new AbortController().signal,
  };
  const given = readTransferArguments("send", ["a", "--server", server], {});
  const screen = new TransferScreen({ command: "send", given, io, out: output });
  const code = (parseCode(CODE) as { readonly value: TransferCode }).value;
  screen.tell({ type: "waiting", code, isOurs: true });
  return /^Link: {2}(.*)$/m.exec(written)?.[1];
}
