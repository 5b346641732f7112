/** Every error code has its page, and every page its code. */
import { expect, it } from "vitest";
import { listFiles, readFile } from "../support/files.ts";
import { looked } from "../support/guard.ts";

it("error codes are documented", ({ task }) => {
  const union = /ErrorCode =([^;]+);/.exec(readFile("src/core/errors.ts"))![1]!;
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code!).sort();
  looked(task, `errors: ${codes.length} codes`);
  const pages = listFiles(["docs/errors"], ".md");
  expect(pages.map((path) => path.replace(/^.*\/|\.md$/g, "")).sort()).toEqual(codes);
  for (const path of pages) {
    expect(readFile(path), path).toMatch(
      /^# `\w+`\n[\s\S]+## Cause\n[\s\S]+## Cure\n[\s\S]+```ts\n/,
    );
  }
});
