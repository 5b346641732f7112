/**
 * Every experiment by name: `experiment.ts` of a page's folder has the folder's name, and
 * `NAME.experiment.ts` beside it is `FOLDER/NAME`.
 */

type Load = () => Promise<{ experiment: unknown }>;

const FOUND = import.meta.glob<{ experiment: unknown }>([
  "../../{home,playground}/{experiment,*.experiment}.ts",
  "../../lessons/*/{experiment,*.experiment}.ts",
]);

/** How each experiment is loaded. */
export const EXPERIMENTS: ReadonlyMap<string, Load> = new Map(
  Object.entries(FOUND).map(([file, load]) => [nameOf(file), load]),
);

/** The name of the experiment in a file. */
function nameOf(file: string): string {
  return file
    .replace(/^[./]*/, "")
    .replace(/\/(?:experiment|([^/]+)\.experiment)\.ts$/, (_, own) =>
      own === undefined ? "" : `/${String(own)}`,
    );
}
