/** Renders pages as HTML, for the build and in development. Runs in Node only. */
import { render } from "svelte/server";
import type { Component } from "svelte";
import type { Experiment, Settings } from "../parts/engine/protocol.ts";
import { EXPERIMENTS } from "../parts/engine/experiments.ts";
import type { PageInfo } from "../parts/page-info.ts";
import { PAGES } from "../pages.ts";
import { POLICY } from "./policy.ts";

export { PAGES };

/** What the build knows about a page's files. */
export interface PageFiles {
  /** The lab's root from this page. */
  readonly up: string;
  readonly script: string;
  readonly head: string;
  /** Whether the page carries its content security policy; development injects styles. */
  readonly secure: boolean;
}

/** What plugins and the build load from here. */
export interface PageModule {
  readonly PAGES: readonly PageInfo[];
  renderPage(page: PageInfo, files: PageFiles): Promise<string>;
}

type View = Component<{ initial: Record<string, unknown> }>;

const VIEWS = import.meta.glob<View>(
  ["../{home,playground}/View.svelte", "../lessons/*/View.svelte"],
  {
    import: "default",
  },
);

/** What a page's experiments show at first, computed by the engine here and now. */
async function firstReadings({ folder }: PageInfo): Promise<Record<string, unknown>> {
  const initial: Record<string, unknown> = {};
  for (const [name, load] of EXPERIMENTS) {
    if (name !== folder && !name.startsWith(`${folder}/`)) continue;
    const experiment = (await load()).experiment as Experiment<Settings, unknown>;
    const own = name.slice(folder.length + 1) || "experiment";
    initial[own] = experiment.start(experiment.defaults).read();
  }
  return initial;
}

/** Typed arrays as lists; what is too long for a page comes from the worker. */
function plain(_: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const values = Array.from(value as Float32Array);
  return values.length > 1000 ? [] : values;
}

/** Renders one page, with the first readings of its experiments. */
export async function renderPage(page: PageInfo, files: PageFiles): Promise<string> {
  const view = await VIEWS[`../${page.folder}/View.svelte`]!();
  const initial = await firstReadings(page);
  const { body } = await render(view, { props: { initial } });
  const data = JSON.stringify(initial, plain).replace(/</g, "\\u003c");
  const title = page.path === "" ? page.title : `${page.title} · Nabla lab`;
  const policy = files.secure
    ? `<meta http-equiv="content-security-policy" content="${POLICY}">`
    : "";
  return `<!doctype html>
<html lang="en" data-page="${page.folder}" data-root="${files.up}">
<head>
<meta charset="utf-8">
${policy}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${page.summary}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${files.up}icon.svg" type="image/svg+xml">
<link rel="manifest" href="${files.up}manifest.webmanifest">
<script src="${files.up}theme.js"></script>
${files.head}
</head>
<body>
<div id="page">${body}</div>
<p id="unready" role="status">The pictures on this page do not move yet. If this line stays, the
page was opened from a file or its scripts are blocked: serve the folder instead, for instance with
<code>nabla lab</code>, and open the address that it prints.</p>
<script type="application/json" id="data">${data}</script>
<script type="module" src="${files.script}"></script>
</body>
</html>
`;
}
