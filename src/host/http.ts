/** Serves a page's files to this machine alone. Part of the host under Node. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { NablaError } from "../core/errors.ts";
import type { PageRequest, PageReply, PageServer } from "./host.ts";

const LOOPBACK = "127.0.0.1";

/** The longest head of a request, and how long it may take to arrive. */
const LIMITS = { maxHeaderSize: 16_384, headersTimeout: 5_000, requestTimeout: 10_000 } as const;

/** Serves on loopback; port 0 takes any that is free. Bodies of requests are never read. */
export async function servePages(
  port: number,
  answer: (request: PageRequest) => Promise<PageReply>,
): Promise<PageServer> {
  const server = createServer(
    { ...LIMITS, requireHostHeader: false, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      const { method = "GET", url = "/", rawHeaders } = request;
      const headers = rawHeaders.flatMap((name, i): [string, string][] =>
        i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1]!]] : [],
      );
      request.on("error", () => response.destroy());
      answer({ method, url, headers }).then(
        (reply) => {
          if (method !== "GET" && method !== "HEAD") response.shouldKeepAlive = false;
          response.writeHead(reply.status, reply.headers);
          response.end(method === "HEAD" ? undefined : reply.body);
        },
        () => response.writeHead(500).end(),
      );
    },
  );
  server.maxConnections = 100;
  server.on("clientError", (_error, socket) => socket.destroy());
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program uses it" : error.message;
      reject(new NablaError("state", `cannot serve on port ${port}: ${why}.`, { cause: error }));
    });
    server.listen(port, LOOPBACK, () => resolve());
  });
}

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Asks the system to show an address of our own; nothing happens where it cannot. */
export function openAddress(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? (["xdg-open"] as const);
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
