import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import type { Io } from "../io.ts";
import { main } from "../main.ts";

async function tincan(args: readonly string[], env: Io["env"] = {}) {
  let out = "";
  let err = "";
  const write = (take: (text: string) => void) => ({ write: take });
  const code = await main(["doctor", ...args], {
    env,
    cwd: "/",
    interrupted: new AbortController().signal,
    stdout: write((text) => {
      out += text;
    }),
    stderr: write((text) => {
      err += text;
    }),
  });
  return { code, out, err };
}

it.each([
  [["https://a", "https://b"], "takes one URL"],
  [["ftp://a"], "names no server; write it as https://call.example.org"],
  [["https://amy:secret@a"], "names no server"],
  [["--lang", "de"], "give en or zh"],
  [["--timeout", "0"], "a number of seconds from 1 to 999"],
  [["--timeout"], "needs a value"],
  [["--resolve", "a=b"], "give NAME=IP,IP"],
  [["--jsno"], "did you mean"],
  [["--relay-ports", "9-1"], "two ports with a dash between"],
])("says of %j in one line what would cure it", async (args, cure) => {
  const { code, out, err } = await tincan(args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/^tincan: .*\n$/);
  expect(err).toContain(cure);
});

it("explains itself", async () => {
  const { code, out } = await tincan(["--help"]);
  expect(code).toBe(0);
  expect(out).toContain("Usage: tincan doctor [URL]");
});

it("tells people what is wrong, in the language of their machine", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  const url = `http://127.0.0.1:${port}`;
  const { code, out } = await tincan([url], { LANG: "zh_CN.UTF-8" });
  expect(code).toBe(1);
  expect(out).toMatch(/连接 +127\.0\.0\.1 被拒绝/);
  expect(out).toContain("没有应答");

  const { out: json } = await tincan([url, "--json"]);
  expect(JSON.parse(json)).toMatchObject({
    status: "fault",
    verdict: { cause: "server-unreachable", text: expect.any(String), fix: expect.any(String) },
    checks: expect.arrayContaining([
      expect.objectContaining({ id: "reach", status: "fault", cause: "server-unreachable" }),
    ]),
  });
});
