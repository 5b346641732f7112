/** The pages of the lab, in the order of the navigation. A page that is not finished is not here. */

/** What navigation and head need to know of a page. */
export interface PageInfo {
  /** Below the lab's root, with a slash at the end; empty for the home page. */
  readonly path: string;
  readonly title: string;
  readonly summary: string;
  readonly entry: string;
}

/** The lessons, in order. */
export const LESSONS: readonly PageInfo[] = [
  {
    path: "lessons/01-neuron/",
    title: "A neuron",
    summary:
      "A weighted sum, a bias and a bend: turn the three knobs and see what each of them does.",
    entry: "app/entries/neuron.ts",
  },
  {
    path: "lessons/02-backpropagation/",
    title: "Backpropagation",
    summary: "Walk forward through a small network and back again, with every factor on the table.",
    entry: "app/entries/backpropagation.ts",
  },
  {
    path: "lessons/03-training-loop/",
    title: "The training loop",
    summary: "Five lines, again and again. Leave one out and watch what happens.",
    entry: "app/entries/training-loop.ts",
  },
  {
    path: "lessons/04-nitrogen/",
    title: "Nitrogen",
    summary: "Thirty-five values of a real gas, a network, and the questions to ask of it.",
    entry: "app/entries/nitrogen.ts",
  },
];

/** The home page. */
export const HOME: PageInfo = {
  path: "",
  title: "Nabla lab",
  summary: "Neural networks to touch: every number on these pages is computed in front of you.",
  entry: "app/entries/home.ts",
};

/** Every page. */
export const PAGES: readonly PageInfo[] = [HOME, ...LESSONS];

/** The address of the lab's root, seen from a page. */
export function rootFrom({ path }: PageInfo): string {
  return "../".repeat(path.split("/").length - 1) || "./";
}
