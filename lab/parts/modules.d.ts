/** Modules that the build makes from other files. */
declare module "*/text.md" {
  import type { LessonText } from "./text.ts";
  export const text: LessonText;
}
declare module "*.svelte" {
  import type { Component } from "svelte";
  const component: Component<Record<string, unknown>>;
  export default component;
}
