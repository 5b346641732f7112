/** Downloads a published file into memory, bounded and checked: whole and right, or an error. */
import { joinBytes } from "../core/bytes.ts";
import { NablaError } from "../core/errors.ts";
import { md5 } from "./md5.ts";

/** How long a server may send nothing. */
const STALL_MS = 30_000;

/** What is downloaded. */
export interface Wanted {
  readonly url: string;
  readonly bytes: number;
  readonly sum: string;
}

/** How a download goes on. */
export interface DownloadOptions {
  /** Called as bytes arrive. */
  readonly onProgress?: (received: number) => void;
  /** Milliseconds without a byte after which it is given up. Default: 30,000. */
  readonly stallMs?: number;
}

/**
 * Downloads a file; throws a file error that names the address and the cause where the server
 * refuses, stops, sends more than twice what is expected, or where the checksum is another.
 */
export async function download(wanted: Wanted, options: DownloadOptions = {}): Promise<Uint8Array> {
  const { stallMs = STALL_MS } = options;
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), stallMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), stallMs);
  };
  try {
    const bytes = await receive(wanted, options, abort, alive);
    const sum = await checksum(bytes, wanted.sum);
    if (sum === wanted.sum) return bytes;
    throw failed(
      wanted,
      `its checksum is ${sum}, it should be ${wanted.sum}: it was damaged on the way, or changed`,
    );
  } catch (error) {
    if (error instanceof NablaError) throw error;
    const stalled = `the server sent nothing for ${stallMs / 1000} s`;
    throw failed(wanted, abort.signal.aborted ? stalled : reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

async function receive(
  wanted: Wanted,
  { onProgress }: DownloadOptions,
  abort: AbortController,
  alive: () => void,
): Promise<Uint8Array> {
  const response = await fetch(wanted.url, { signal: abort.signal });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw failed(wanted, `the server answered ${response.status} ${response.statusText}`.trim());
  }
  const most = 2 * wanted.bytes;
  const parts: Uint8Array[] = [];
  let received = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    alive();
    parts.push(value);
    received += value.length;
    onProgress?.(received);
    if (received <= most) continue;
    await reader.cancel();
    throw failed(wanted, `it has more than ${most} bytes; it should have ${wanted.bytes}`);
  }
  return joinBytes(parts);
}

/** Returns the checksum of bytes in the way that another one was taken: `md5:…`, `sha256:…`. */
export async function checksum(bytes: Uint8Array, like: string): Promise<string> {
  if (like.startsWith("md5:")) return `md5:${md5(bytes)}`;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `sha256:${digits.join("")}`;
}

/** What the network says, down to its first cause: `fetch failed` alone helps nobody. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  return cause === undefined ? message : cause.message || (cause.code ?? message);
}

function failed({ url }: Wanted, problem: string, cause?: unknown): NablaError {
  return new NablaError("file", `cannot download ${url}: ${problem}.`, { cause });
}
