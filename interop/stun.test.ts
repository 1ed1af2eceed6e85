import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BindingListener, listenForBindings } from "../packages/webrtc/src/node/index.ts";

/** Other people's clients (Debian: stun-client, coturn) against our Binding server on two addresses. */
const port = 23_578;
let listener: BindingListener;

beforeAll(async () => {
  listener = await listenForBindings({
    primary: { ip: "127.0.0.1", port },
    alternate: { ip: "127.0.0.2", port: port + 1 },
    classic: true,
  });
});

afterAll(() => listener.close());

describe("stun, the client of RFC 3489", () => {
  it("sees the open internet", async () => {
    expect(await output("stun", [`127.0.0.1:${port}`])).toMatch(/Primary: Open/);
  });
});

describe("turnutils_stunclient", () => {
  it("is answered, and from the other address where it asks for that (-f)", async () => {
    const text = await output("turnutils_stunclient", ["-f", "-p", `${port}`, "127.0.0.1"]);
    expect(text.match(/RFC 5780 response/g)).toHaveLength(3);
    expect(text).toContain(`Other addr: : 127.0.0.2:${port + 1}`);
    expect(text).toContain(`Response origin: : 127.0.0.2:${port + 1}`);
  });
});

describe("turnutils_natdiscovery", () => {
  it("sees mapping and filtering that do not depend on the endpoint", async () => {
    const text = await output("turnutils_natdiscovery", ["-m", "-f", "-p", `${port}`, "127.0.0.1"]);
    expect(text).toContain("Endpoint Independent Mapping!");
    expect(text).toContain("Endpoint Independent Filtering!");
  });

  it("gets large answers to padded requests (-P)", async () => {
    const args = ["-m", "-P", "-p", `${port}`, "127.0.0.1"];
    expect(await output("turnutils_natdiscovery", args)).toContain("Endpoint Independent Mapping!");
  });

  it("gets its answer at another port after a silence (-t)", async () => {
    const args = ["-t", "-T", "1", "-p", `${port}`, "127.0.0.1"];
    expect(await output("turnutils_natdiscovery", args)).toContain("RFC 5780 response 2");
  });
});

/** What a client prints, whatever its exit code says: `stun` answers with a number for each kind of NAT. */
async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { timeout: 30_000 });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== "number") throw error;
    return stdout + stderr;
  }
}
