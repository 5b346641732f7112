/** The packed package holds the built lab: unpacked elsewhere, `nabla lab` serves it at once. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { PAGES } from "../../lab/pages.ts";
import { pack, removeProjects, run } from "../consumers/install.ts";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-unpacked-"));

afterAll(() => {
  removeProjects();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts `nabla lab` there and resolves to its address and a way to end it. */
function startLab(main: string): Promise<{ url: string; stop: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [main, "lab", "--no-open", "--port", "0"], { cwd: folder });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (data: Buffer): void => {
      output += data.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0];
      const stop = (): Promise<number | null> => (child.kill("SIGINT"), ended);
      if (url !== undefined) resolve({ url, stop });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then(() => reject(new Error(`nabla lab ended: ${output}`)));
  });
}

it("serves every page from the package alone", async ({ task, skip }) => {
  if (!existsSync(join(ROOT, "dist/lab/index.html"))) {
    task.meta.skipped = "dist/lab is not built; npm run build first";
    return skip(task.meta.skipped);
  }
  const { path, bytes, files } = await pack();
  await run("tar", ["-xzf", path, "-C", folder], ROOT);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  const { url, stop } = await startLab(join(folder, "package/dist/cli/main.js"));
  try {
    for (const page of PAGES) {
      const answer = await fetch(url + page.path);
      expect([page.path, answer.status]).toEqual([page.path, 200]);
      const script = /<script type="module" src="([^"]+)"/.exec(await answer.text())![1]!;
      expect((await fetch(new URL(script, url + page.path))).status).toBe(200);
    }
  } finally {
    expect(await stop()).toBe(130);
  }
  const lab = files.filter((name) => name.startsWith("dist/lab/"));
  looked(task, `lab: ${lab.length} of ${files.length} files of the package, ${bytes} bytes packed`);
  expect(bytes).toBeLessThanOrEqual(3_000_000);
});
