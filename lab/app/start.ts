/** The script of every page: wakes a pre-rendered page up, with the readings it was rendered with. */
import type { Component } from "svelte";
import { hydrate } from "svelte";
import "./base.css";
import "./parts.css";
import "./pictures.css";
import "./print.css";
import { startOffline } from "./offline.ts";

type View = Component<{ initial: unknown }>;

const VIEWS = import.meta.glob<View>(
  ["../{home,playground}/View.svelte", "../lessons/*/View.svelte"],
  {
    import: "default",
  },
);

const { page, root } = document.documentElement.dataset as { page: string; root: string };
const view = await VIEWS[`../${page}/View.svelte`]!();
const data = document.getElementById("data")!.textContent!;
hydrate(view, {
  target: document.getElementById("page")!,
  props: { initial: JSON.parse(data) as unknown },
});
document.getElementById("unready")!.remove();
document.documentElement.dataset["ready"] = "";
startOffline(root);
