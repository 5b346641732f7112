/** Wakes a pre-rendered page up, with the readings that it was rendered with. */
import type { Component } from "svelte";
import { hydrate } from "svelte";
import "./base.css";
import "./parts.css";
import "./pictures.css";
import "./print.css";
import { startOffline } from "./offline.ts";

/** Hydrates the page and looks after offline use. */
export function startPage(page: Component<{ initial: never }>, root: string): void {
  const data = document.getElementById("data")!.textContent!;
  hydrate(page, {
    target: document.getElementById("page")!,
    props: { initial: JSON.parse(data) as never },
  });
  document.getElementById("unready")!.remove();
  document.documentElement.dataset["ready"] = "";
  startOffline(root);
}
