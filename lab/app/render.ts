/** Renders pages as HTML, for the build and in development. Runs in Node only. */
import { render } from "svelte/server";
import type { Component } from "svelte";
import type { Experiment, Settings } from "../parts/engine/protocol.ts";
import type { PageInfo } from "../pages.ts";
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

type Loaded = { default: Component<{ initial: Record<string, unknown> }> };
type Made = { experiment: unknown };

const VIEWS: Record<
  string,
  { view: () => Promise<Loaded>; made: Record<string, () => Promise<Made>> }
> = {
  "lessons/02-backpropagation/": {
    view: () => import("../lessons/02-backpropagation/View.svelte") as Promise<Loaded>,
    made: {
      backpropagation: () => import("../lessons/02-backpropagation/experiment.ts"),
      polynomial: () => import("../lessons/02-backpropagation/polynomial.ts"),
    },
  },
  "lessons/04-nitrogen/": {
    view: () => import("../lessons/04-nitrogen/View.svelte") as Promise<Loaded>,
    made: { nitrogen: () => import("../lessons/04-nitrogen/experiment.ts") },
  },
  "lessons/01-neuron/": {
    view: () => import("../lessons/01-neuron/View.svelte") as Promise<Loaded>,
    made: { neuron: () => import("../lessons/01-neuron/experiment.ts") },
  },
  "lessons/03-training-loop/": {
    view: () => import("../lessons/03-training-loop/View.svelte") as Promise<Loaded>,
    made: { loop: () => import("../lessons/03-training-loop/experiment.ts") },
  },
  "": {
    view: () => import("../home/Home.svelte") as Promise<Loaded>,
    made: { home: () => import("../home/experiment.ts") },
  },
};

/** Renders one page; its first readings are computed by the engine here and now. */
export async function renderPage(page: PageInfo, files: PageFiles): Promise<string> {
  const { view, made } = VIEWS[page.path]!;
  const initial: Record<string, unknown> = {};
  for (const [name, load] of Object.entries(made)) {
    const experiment = (await load()).experiment as Experiment<Settings, unknown>;
    initial[name] = experiment.start(experiment.defaults).read();
  }
  const { body } = await render((await view()).default, { props: { initial } });
  const data = JSON.stringify(initial).replace(/</g, "\\u003c");
  const title = page.path === "" ? page.title : `${page.title} · Nabla lab`;
  const policy = files.secure
    ? `<meta http-equiv="content-security-policy" content="${POLICY}">`
    : "";
  return `<!doctype html>
<html lang="en">
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
