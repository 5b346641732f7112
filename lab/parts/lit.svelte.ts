/** The symbol under the pointer or the focus: formula and picture light the same one. */
import type { Attachment } from "svelte/attachments";
import { inOwnFrame } from "./engine/frames.ts";

/** One lesson's lit symbol; "" is none. */
export class Lit {
  symbol = $state("");
}

function symbolOf(target: EventTarget | null): string {
  const element = (target as Element | null)?.closest?.('[class^="s-"], [class*=" s-"]');
  return /(?:^|\s)s-(\S+)/.exec(element?.getAttribute("class") ?? "")?.[1] ?? "";
}

/**
 * Brings formulas to life: elements of class `v-NAME` (forward) and `g-NAME` (backward) show
 * `values()[NAME]`, and elements of class `s-NAME` light up together with the picture.
 */
export function live(values: () => Readonly<Record<string, string>>, lit: Lit): Attachment {
  return (root) => {
    const over = (event: Event): void => {
      const symbol = symbolOf(event.target);
      if (symbol !== "") lit.symbol = symbol;
    };
    const out = (event: Event): void => {
      if (symbolOf(event.target) !== "") lit.symbol = "";
    };
    root.addEventListener("pointerover", over);
    root.addEventListener("pointerout", out);
    const places = new Map<string, Element[]>(); // the formulas stay; looking for them takes time
    let asked = false;
    let latest: Readonly<Record<string, string>>;
    const write = (): void => {
      asked = false;
      for (const [name, text] of Object.entries(latest)) {
        if (!places.has(name)) {
          places.set(name, [...root.querySelectorAll(`.v-${name}, .g-${name}`)]);
        }
        for (const element of places.get(name)!) {
          if (element.textContent !== text) element.textContent = text;
        }
      }
    };
    $effect(() => {
      latest = values();
      if (asked) return;
      asked = true;
      inOwnFrame(write); // laying formulas out takes long
    });
    $effect(() => {
      const { symbol } = lit;
      for (const element of root.querySelectorAll("math .lit")) element.classList.remove("lit");
      if (symbol === "") return;
      for (const element of root.querySelectorAll(`math .s-${symbol}`))
        element.classList.add("lit");
    });
    return () => {
      root.removeEventListener("pointerover", over);
      root.removeEventListener("pointerout", out);
    };
  };
}
