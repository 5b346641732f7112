/** Where the user's own code called: for messages about what shows only later. */

/** Where the engine is; "" in a bundle of another module format, where lines are not told apart. */
const ENGINE = ((import.meta.url as string | undefined) ?? "")
  .replace(/runtime\/[^/]*$/, "")
  .replace(/^file:\/\//, "");

/** The first line of an error's stack that is not the engine's; "" where there is none. */
export function userSite({ stack }: Error = new Error()): string {
  if (ENGINE === "") return "";
  const lines = stack?.split("\n").slice(1) ?? [];
  const line = lines.find(
    (text) => !text.includes(ENGINE) && !text.includes("node:internal") && text.includes(":"),
  );
  return line?.trim().replace(/^at /, "") ?? "";
}
