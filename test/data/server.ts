/** A server of files on this machine, as well or as badly behaved as a test wants it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What answers each path, and what was asked for. */
export interface FileServer {
  readonly url: string;
  readonly asked: string[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** Starts a server; its `answer` is to be set. */
export async function serveFiles(): Promise<FileServer> {
  const files: { -readonly [K in keyof FileServer]: FileServer[K] } = {
    url: "",
    asked: [],
    answer: (_, response) => void response.writeHead(404).end(),
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }), // prettier-ignore
  };
  const server = createServer((request, response) => {
    files.asked.push(request.url!);
    files.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  files.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return files;
}
