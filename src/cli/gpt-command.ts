/** The command `nabla gpt` as the command line sees it: nanoGPT's options and defaults. */
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { numberFrom0, positiveNumber, wholeNumber } from "./arguments.ts";
import type { SampleFlags, TrainFlags } from "./gpt-flags.ts";
import { MODEL_KINDS } from "../models/language-models.ts";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
nabla gpt train FILE learns to go on with a text, of any language, and writes a run folder:
model.safetensors (the weights of the lowest validation loss, with the tokenizer), config.json,
metrics.jsonl, loss.svg, training.safetensors (where the training stands, for --resume alone).
The other three read such a folder.

Examples:
  nabla gpt train shakespeare.txt
  nabla gpt sample runs/shakespeare --prompt Citizen --tokens 100
  nabla gpt sample runs/shakespeare --prompt First --tokens 5 --why
  nabla gpt eval runs/shakespeare shakespeare.txt`;

const TRAIN_HELP = `
Defaults are nanoGPT's small model of characters on a CPU. --tokenizer bpe:512 learns byte pairs
from the text; gpt2 takes GPT-2's (npm install gpt-tokenizer). The last tenth is held out.
Ctrl-C saves and ends with code 130; killed at any moment, --resume goes on where the last save
stood (every 30 seconds, --save-every), and ends with the bytes of a run that nobody stopped.

Examples:
  nabla gpt train shakespeare.txt
  nabla gpt train shakespeare.txt --resume
  nabla gpt train shakespeare.txt --model lstm --lr 3e-3 --out runs/lstm
  nabla gpt train shakespeare.txt --tokenizer bpe:300 --block-size 32 --out runs/pairs`;

const SAMPLE_HELP = `
Without --prompt the model begins with a new line. The same seed writes the same text.

Examples:
  nabla gpt sample runs/shakespeare --prompt ROMEO: --tokens 100
  nabla gpt sample runs/shakespeare --prompt ROMEO: --tokens 5 --why`;

/** Adds \`nabla gpt\`; what does the work is loaded when it is called. */
export function addGpt(program: Command, caller: Caller): void {
  const gpt = program
    .command("gpt")
    .description("train a model of text, write with it, see why it wrote that")
    .helpCommand(false)
    .addHelpText("after", spellExamples(HELP, caller));
  addTrain(gpt, caller);
  addSample(gpt, caller);
  gpt
    .command("chat")
    .description("go on with what you type, line by line")
    .argument("<run>", "run folder")
    .addOption(new Option("--tokens <n>", "tokens of an answer").argParser(tokens).default(200))
    .option("--temperature <number>", "0 takes the likeliest", numberFrom0(), 0.8)
    .option("--top-k <n>", "draw among the so many likeliest", tokens, 200)
    .option("--seed <n>", "seed of what is drawn", seed, 1337)
    .action(async (run: string, flags: SampleFlags) => {
      const { chat } = await import("./gpt-chat.ts");
      await chat(run, flags);
    });
  gpt
    .command("eval")
    .description("the loss of a model on a text")
    .argument("<run>", "run folder")
    .argument("<file>", "text, or - for standard input")
    .option("--json", "print one JSON object")
    .action(async (run: string, file: string, flags: { readonly json?: boolean }) => {
      const { evaluate } = await import("./gpt-eval.ts");
      await evaluate(run, file, flags);
    });
}

const count = wholeNumber(1, 1_000_000_000);
const tokens = wholeNumber(1, 10_000_000);
const seed = wholeNumber(0, 2_147_483_647);

function addTrain(gpt: Command, caller: Caller): void {
  const command = gpt
    .command("train")
    .description("train a model on a text and write a run folder")
    .argument("<file>", "text in UTF-8, or - for standard input")
    .addOption(new Option("--model <kind>", "what learns").choices(MODEL_KINDS).default("gpt"))
    .option("--n-layer <n>", "layers", count, 4)
    .option("--n-head <n>", "heads of attention", count, 4)
    .option("--n-embd <n>", "features of a token", count, 128)
    .option("--block-size <n>", "tokens that it sees at once", count, 64)
    .option("--batch-size <n>", "blocks of one step", count, 12)
    .option("--dropout <share>", "share of activations to drop", numberFrom0(1), 0)
    .option("--bias", "biases in linear layers and norms")
    .addOption(choice("--norm <kind>", ["layer", "rms"], "layer"))
    .addOption(choice("--positions <kind>", ["learned", "rotary"], "learned"))
    .addOption(choice("--mlp <kind>", ["gelu", "gelu-tanh", "swiglu"], "gelu"))
    .option("--n-kv-head <n>", "heads of keys and values that heads share", count)
    .option("--qk-norm", "normalise queries and keys")
    .option("--max-iters <n>", "steps of training in all", count, 2000)
    .addOption(choice("--optimizer <name>", ["adamw", "muon"], "adamw"))
    .option("--lr <rate>", "learning rate", positiveNumber, 1e-3)
    .option("--min-lr <rate>", "rate at the end (default: a tenth of --lr)", positiveNumber)
    .option("--warmup-iters <n>", "steps in which the rate rises", wholeNumber(0, 1e9), 100)
    .option("--weight-decay <number>", "pulls matrices towards 0", numberFrom0(), 0.1)
    .option("--beta2 <number>", "memory of AdamW for squares", numberFrom0(1), 0.99)
    .option("--grad-clip <norm>", "longest gradient; 0 for any", numberFrom0(), 1)
    .option("--accumulate <n>", "batches gathered for one step", count, 1)
    .option("--eval-interval <n>", "steps from one evaluation to the next", count, 250)
    .option("--eval-iters <n>", "batches of an evaluation", count, 20);
  command
    .option("--tokenizer <kind>", "char, bpe:SIZE, gpt2", tokenizerKind, "char")
    .option("--init <file>", "start with the weights of a GPT (safetensors)")
    .option("--lora <rank>", "train added low-rank matrices alone", count)
    .option("--freeze <names>", "parts that stay as they are, such as wte,h.0,h.1")
    .addOption(choice("--device <name>", ["auto", "wasm", "native"], "auto"))
    .option("--resume", "go on with the run in the folder")
    .option("--save-every <seconds>", "save the training", numberFrom0(), 30)
    .option("--seed <n>", "seed of weights and batches", seed, 1337)
    .option("--out <folder>", "run folder (default: runs/<name of the text>)")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", spellExamples(TRAIN_HELP, caller))
    .action(async (file: string, flags: TrainFlags) => {
      const typed = Object.keys(flags).filter((key) => command.getOptionValueSource(key) === "cli");
      const { train } = await import("./gpt-train.ts");
      await train(file, flags, new Set(typed));
    });
}

function addSample(gpt: Command, caller: Caller): void {
  gpt
    .command("sample")
    .description("write with a trained model")
    .argument("<run>", "run folder")
    .option("--prompt <text>", "what it goes on with", "\n")
    .option("--tokens <n>", "tokens to write", tokens, 500)
    .option("--temperature <number>", "0 takes the likeliest", numberFrom0(), 0.8)
    .option("--top-k <n>", "draw among the so many likeliest", tokens, 200)
    .option("--top-p <share>", "draw among the likeliest of this probability", topP, 1)
    .option("--stop <text>", "end where this was written")
    .option("--exact-window", "move a full window on token by token, as nanoGPT does; slow")
    .option("--seed <n>", "seed of what is drawn", seed, 1337)
    .option("--why", "show for each token what else could have come, and what each head looked at")
    .option("--json", "print one JSON object")
    .addHelpText("after", spellExamples(SAMPLE_HELP, caller))
    .action(async (run: string, flags: SampleFlags) => {
      const { sample } = await import("./gpt-sample.ts");
      await sample(run, flags);
    });
}

function choice(flags: string, known: readonly string[], initial: string): Option {
  return new Option(flags, "which kind").choices(known).default(initial);
}

function topP(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError("Give a number above 0, up to 1.");
}

function tokenizerKind(text: string): string {
  const size = /^bpe:(\d{1,6})$/.exec(text)?.[1];
  if (text === "char" || text === "gpt2" || (size !== undefined && Number(size) >= 257))
    return text;
  throw new InvalidArgumentError("Give char, gpt2, or bpe:SIZE with a SIZE from 257 on.");
}
