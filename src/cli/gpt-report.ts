/** The page that `nabla report` makes of a run of `nabla gpt train`. */
import { showText } from "../core/format.ts";
import {
  facts,
  makePage,
  numberCell,
  paragraph,
  picture,
  section,
  table,
} from "../export/report/page.ts";
import { commandBlock } from "../export/report/page.ts";
import { GPT } from "../models/gpt.ts";
import { figure } from "../plot/figure.ts";
import { element, px, textElement } from "../plot/svg.ts";
import { spellToken } from "../text/spell.ts";
import { chanceOf, expectation, figuresOf } from "../train/text/words.ts";
import { startOf } from "./gpt-watch.ts";
import { attentionOf } from "./gpt-why.ts";
import type { GptRun } from "./gpt-run.ts";
import { curvesOf } from "./gpt-run.ts";

/** How many tokens of a sample the picture of attention has. */
const SHOWN = 24;

/** Makes the page: curves, samples over time, attention of a text, how to repeat it. */
export async function gptPage(run: GptRun): Promise<string> {
  const { config, evaluations, kind } = run;
  const name = showText(config.text.split(/[\\/]/).at(-1)!);
  const number = (n: number): string => n.toLocaleString("en");
  const curves = figure([[curvesOf(evaluations, chanceOf(config.vocabSize))]], {});
  const looks = lookSection(run);
  return makePage({
    title: `A model of ${name}`,
    subtitle:
      `${kind} · ${number(config.parameters)} parameters · ${number(config.tokens)} tokens of ` +
      `${number(config.vocabSize)} kinds · Nabla ${config.nabla}`,
    sections: [
      section("Losses", "wide", picture(curves, "losses of text trained on and held out")),
      section("In figures", "wide", evaluationTable(run), paragraph(whatItMeans(run))),
      section("Samples over time", "wide", ...samples(run)),
      ...looks,
      section(
        "Settings",
        "wide",
        facts(Object.entries(config.gpt).map(([k, v]) => [k, String(v)])),
      ),
      section(
        "How to repeat it",
        "wide",
        commandBlock(config.command),
        paragraph(`The text: ${config.textChecksum}, ${number(config.textBytes)} bytes.`),
      ),
    ],
  });
}

function bytesPerToken({ config }: GptRun): number {
  return config.textBytes / config.tokens;
}

function evaluationTable(run: GptRun): string {
  const head = ["iteration", "training", "held out", "perplexity", "bits per byte"];
  const rows = run.evaluations.map(({ iter, train, val }) => {
    const { perplexity, bitsPerByte } = figuresOf(val, bytesPerToken(run));
    const cells = [train.toFixed(4), val.toFixed(4), perplexity.toFixed(2), bitsPerByte.toFixed(3)];
    return [String(iter), ...cells.map(numberCell)];
  });
  return table(head, rows);
}

function whatItMeans(run: GptRun): string {
  const { config, evaluations } = run;
  const least = evaluations.reduce((a, b) => (b.val < a.val ? b : a));
  const { latin, vocabSize } = config;
  const judged = { loss: least.val, vocabSize, bytesPerToken: bytesPerToken(run), latin };
  return (
    `Pure chance among ${config.vocabSize} tokens has a loss of ` +
    `${chanceOf(config.vocabSize).toFixed(3)} nats. The weights that are kept are those of ` +
    `iteration ${least.iter}; to expect: ${expectation(judged)}.`
  );
}

function samples({ evaluations }: GptRun): string[] {
  return evaluations.flatMap(({ iter, val, sample }) => [
    paragraph(`Iteration ${iter}, loss ${val.toFixed(3)}:`),
    ...sample.split("\n").map((line) => paragraph(line === "" ? " " : line, "sample")),
  ]);
}

/** The attention of the last layer, head by head, over the beginning of the last sample. */
function lookSection(run: GptRun): string[] {
  const { model, tokenizer, evaluations } = run;
  const text = evaluations.at(-1)?.sample ?? "";
  if (!(model instanceof GPT)) return [];
  const all = [...startOf(tokenizer), ...tokenizer.encode(text)];
  const tokens = all.slice(0, Math.min(SHOWN, model.blockSize));
  const labels = tokens.map((token) => spellToken(tokenizer.decode([token])));
  const weights = attentionOf(model, tokens).at(-1)!;
  const [, heads, size] = weights.shape as [number, number, number];
  const data = weights.dataSync();
  const drawn = Array.from({ length: heads }, (_, head) =>
    picture(
      heatmap(data.slice(head * size * size, (head + 1) * size * size), labels, `head ${head}`),
      `attention of head ${head}`,
    ),
  );
  const words =
    "Each row is a place of the text, and shows how much it looked at the places before it: the " +
    "darker, the more. Last layer.";
  return [section("Attention", "wide", paragraph(words), ...drawn)];
}

function heatmap(rows: ArrayLike<number>, labels: readonly string[], title: string): string {
  const [cell, left, top] = [16, 40, 44];
  const size = labels.length;
  const side = left + size * cell + 8;
  const parts = [textElement(title, { x: left, y: 14, "font-size": 13, fill: "#222222" })];
  const style = { "font-size": 10, fill: "#222222", "text-anchor": "middle" };
  labels.forEach((label, k) => {
    const middle = left + (k + 0.5) * cell;
    parts.push(textElement(label, { ...style, x: px(middle), y: top - 6 }));
    const y = px(top + (k + 0.7) * cell);
    parts.push(textElement(label, { ...style, x: left - 6, y, "text-anchor": "end" }));
    for (let j = 0; j <= k; j++) {
      const place = { x: px(left + j * cell), y: px(top + k * cell), width: cell, height: cell };
      const share = rows[k * size + j]!;
      parts.push(element("rect", { ...place, fill: "#1f5fa8", "fill-opacity": share.toFixed(3) }));
    }
  });
  const box = `0 0 ${side} ${top + size * cell + 8}`;
  const all = { xmlns: "http://www.w3.org/2000/svg", viewBox: box, width: side };
  return element("svg", { ...all, "font-family": "monospace" }, parts.join(""));
}
