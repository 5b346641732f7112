/** Runs `nabla lab`: serves the lab's pages to this machine until it is stopped. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { answerLab } from "./lab-server.ts";
import { pathOfUrl } from "./package-file.ts";
import { exitCodeFor } from "./terminal.ts";

/** The flags of `nabla lab`. */
export interface LabFlags {
  readonly port: number;
  readonly open: boolean;
}

/** Where the built lab may lie: in a checkout, whose build is the newest, or in the package. */
const PLACES = ["../../lab/dist", "../lab"];

/** Serves the lab, opens the browser if wanted, and ends at Ctrl-C. */
export async function lab({ port, open }: LabFlags): Promise<void> {
  const folder = await findFolder();
  const names = new Set(await host.listFiles(folder));
  const files = { names, read: (name: string) => host.readBytes(`${folder}/${name}`) };
  let actual = port;
  const server = await host.servePages(port, (request) => answerLab(request, actual, files));
  actual = server.port;
  const url = `http://127.0.0.1:${actual}/`;
  host.write("stdout", `The lab is at ${url}\nOnly this computer can reach it. Ctrl-C ends it.\n`);
  if (open) host.openAddress(url);
  await new Promise<void>((resolve) => {
    host.onSignal((signal) => {
      host.setExitCode(exitCodeFor(signal));
      void server.close().then(resolve);
    });
  });
}

async function findFolder(): Promise<string> {
  for (const place of PLACES) {
    const folder = pathOfUrl(new URL(place, import.meta.url));
    if (await host.exists(`${folder}/index.html`)) return folder;
  }
  throw new NablaError(
    "file",
    "the lab has not been built here. In a checkout of Nabla run `npm run build:lab` first.",
  );
}
