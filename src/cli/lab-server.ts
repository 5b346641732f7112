/**
 * What `nabla lab` answers: the lab's files and nothing else, to this machine and no other site.
 * Every file is found in a list made beforehand, so no path of a request ever reaches the file
 * system.
 */
import type { PageReply, PageRequest } from "../host/host.ts";

/** A file of the lab, named by its path below the lab's folder, with slashes. */
export interface LabFiles {
  readonly names: ReadonlySet<string>;
  read(name: string): Promise<Uint8Array>;
}

/** The policy of every answer; the pages carry it as well. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
  "connect-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  webmanifest: "application/manifest+json",
};

/** Answers one request to the server on `port`. */
export async function answerLab(
  request: PageRequest,
  port: number,
  files: LabFiles,
): Promise<PageReply> {
  if (!isOurs(request, port)) return refuse(403, "This server answers only its own page.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(405, "This server only gives files.", { allow: "GET, HEAD" });
  }
  const name = nameOf(request.url);
  if (name === undefined) return refuse(404, "There is no such page.");
  if (files.names.has(name)) {
    const type = TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
    const headers = { ...HEADERS, "content-type": type };
    return { status: 200, headers, body: await files.read(name) };
  }
  if (files.names.has(`${name}/index.html`)) {
    return refuse(308, "With a slash at the end.", { location: `/${name}/` });
  }
  return refuse(404, "There is no such page.");
}

/** Exactly one Host header that names this server, and no other site's Origin. */
function isOurs({ headers }: PageRequest, port: number): boolean {
  const all = (name: string): string[] => headers.flatMap(([key, v]) => (key === name ? [v] : []));
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const hosts = all("host");
  if (hosts.length !== 1 || !names.includes(hosts[0]!.toLowerCase())) return false;
  if (all("origin").some((origin) => !names.includes(origin.replace(/^http:\/\//, "")))) {
    return false;
  }
  const site = all("sec-fetch-site");
  const navigates = all("sec-fetch-mode").includes("navigate"); // a link from elsewhere is fine
  return site.every((one) => one !== "cross-site" || navigates);
}

/** Turns the path of a request into a file's name; undefined for whatever is spelled strangely. */
function nameOf(url: string): string | undefined {
  const path = url.split(/[?#]/)[0]!;
  if (!/^\/[A-Za-z0-9._/-]*$/.test(path)) return undefined; // no %2e, no backslash, no other site
  const parts = path.slice(1).split("/");
  if (parts.some((part, i) => part.startsWith(".") || (part === "" && i < parts.length - 1))) {
    return undefined;
  }
  return path.endsWith("/") ? `${path.slice(1)}index.html` : path.slice(1);
}

function refuse(status: number, text: string, more: Record<string, string> = {}): PageReply {
  const headers = { ...HEADERS, "content-type": "text/plain; charset=utf-8", ...more };
  return { status, headers, body: `${text}\n` };
}
