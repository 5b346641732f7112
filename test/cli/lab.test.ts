/** `nabla lab`: who is answered, and which files they get. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerLab } from "../../src/cli/lab-server.ts";
import { servePages } from "../../src/host/http.ts";
import type { PageServer } from "../../src/host/host.ts";
import { ROOT } from "../support/files.ts";
import { makeCli } from "./run-cli.ts";

let server: PageServer;
const asked: string[] = [];
const files = {
  names: new Set(["index.html", "theme.js", "lessons/01-neuron/index.html"]),
  read: (name: string) => {
    asked.push(name);
    return Promise.resolve(new TextEncoder().encode(`file ${name}`));
  },
};

beforeAll(async () => {
  server = await servePages(0, (request) => answerLab(request, server.port, files));
});

afterAll(() => server.close());

/** Sends raw text and returns the answer. */
function send(text: string, wait = 3000): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(server.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => (answer += String(data)));
    socket.on("close", () => resolve(answer));
    socket.on("error", () => resolve(answer));
    socket.setTimeout(wait, () => socket.destroy());
    socket.write(text);
  });
}

async function get(path: string, headers?: readonly string[], method = "GET"): Promise<string> {
  const lines = headers ?? [`Host: 127.0.0.1:${server.port}`];
  return send([`${method} ${path} HTTP/1.1`, ...lines, "Connection: close", "", ""].join("\r\n"));
}

const status = async (...args: Parameters<typeof get>): Promise<number> =>
  Number(/^HTTP\/1\.1 (\d+)/.exec(await get(...args))?.[1]);

describe("the server of the lab", () => {
  it("gives its files with policy and type, to the name localhost too", async () => {
    const answer = await get("/?w=1");
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).toMatch(/content-security-policy: default-src 'none';/i);
    expect(answer).toMatch(/content-type: text\/html/i);
    expect(answer).toContain("file index.html");
    expect(await get("/theme.js", [`Host: localhost:${server.port}`])).toContain("file theme.js");
    expect(await get("/lessons/01-neuron/")).toContain("file lessons/01-neuron/index.html");
    expect(await get("/lessons/01-neuron")).toMatch(/308[^]*location: \/lessons\/01-neuron\//i);
    expect(await get("/", undefined, "HEAD")).not.toContain("file index.html");
  });

  it("refuses a foreign, missing or doubled Host, and a foreign Origin", async () => {
    const { port } = server;
    const own = `Host: 127.0.0.1:${port}`;
    const hosts = [
      ["Host: evil.example"],
      [`Host: evil.example:${port}`],
      ["Host: 127.0.0.1"],
      [`Host: 127.0.0.1:${port + 1}`],
      [],
      [own, own],
      [own, "Host: evil.example"],
      [own, "Origin: https://evil.example"],
      [own, "Origin: null"],
      [own, "Sec-Fetch-Site: cross-site"],
    ];
    for (const headers of hosts)
      expect([headers, await status("/", headers)]).toEqual([headers, 403]);
    expect(await status("/", [own, `Origin: http://127.0.0.1:${port}`])).toBe(200);
  });

  it("gives nothing else, however the path is spelled", async () => {
    asked.length = 0;
    const paths = [
      ...["/../package.json", "/..%2fpackage.json", "/%2e%2e/package.json", "/..\\package.json"],
      ...[
        "//etc/passwd",
        "/lessons/../../package.json",
        "/%252e%252e/x",
        "/.%00./x",
        "/.git/config",
      ],
      ...["/lessons", "/lessons/", "/assets/", "/index.html/", "/constructor", "/theme.js%00"],
      ...["http://evil.example/", "*", "/theme.js/..", "/./theme.js"],
    ];
    for (const path of paths) {
      expect([path, [400, 403, 404].includes(await status(path))]).toEqual([path, true]);
    }
    expect(asked).toEqual([]);
  });

  it("reads no bodies, and lives on after oversized and broken requests", async () => {
    expect(await status("/", undefined, "POST")).toBe(405);
    await send(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX: ${"x".repeat(40_000)}\r\n\r\n`,
    );
    await send("\u0000\u0001 nonsense\r\n\r\n");
    expect(await status("/")).toBe(200);
  });

  it("drops a request that never ends", { timeout: 20_000 }, async () => {
    const start = performance.now();
    await send("GET / HTTP/1.1\r\nHost:", 15_000);
    expect(performance.now() - start).toBeLessThan(12_000);
    expect(await status("/")).toBe(200);
  });
});

describe("the command nabla lab", () => {
  const built = join(ROOT, ".cache/test-cli-lab/dist/lab");

  it("serves what was built beside it until Ctrl-C", async () => {
    const cli = await makeCli("lab");
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, "index.html"), "the lab");
    const { child, ended } = cli.start("lab", "--port", "0", "--no-open");
    const said = await new Promise<string>((resolve) => {
      child.stdout!.on("data", (data) => resolve(String(data)));
    });
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)![0];
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, "the lab"]);
    const taken = await cli.run("lab", "--no-open", "--port", new URL(url).port);
    expect(taken.stderr).toMatch(/^nabla: cannot serve on port \d+: another program uses it\.\n$/);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stderr: "" });
    cli.stopAll();
  });

  it("refuses a port that is none", async () => {
    const cli = await makeCli("lab");
    const { code, stderr } = await cli.run("lab", "--port", "99999");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/whole number from 0 to 65535/)]);
    rmSync(built, { recursive: true, force: true });
    cli.stopAll();
  });
});
