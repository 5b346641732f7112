/** The six models of one text, in few steps: all learn, and the picture has all of them. */
import { expect, test } from "vitest";
import { run } from "../../examples/language-models.ts";

test("language-models.ts compares six models of one text", { timeout: 120_000 }, async () => {
  const lines: string[] = [];
  const { results, svg } = await run((line) => lines.push(line), 40);
  expect(results.map(({ kind }) => kind)).toEqual(["bigram", "mlp", "rnn", "lstm", "gru", "gpt"]);
  const chance = Number(/chance: ([\d.]+)/.exec(lines[0]!)![1]);
  for (const { kind, loss, written } of results) {
    expect(loss, kind).toBeLessThan(chance - 0.8);
    expect(written.length, kind).toBe(60);
  }
  for (const { kind } of results) expect(svg).toContain(`>${kind}<`);
});
