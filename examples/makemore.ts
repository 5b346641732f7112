/**
 * After Karpathy's makemore: a table of pairs and the perceptron of Bengio et al. (2003) learn the
 * names of chemical elements letter by letter, are judged by unseen names, and make up their own.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, multinomial, nn, noGrad, optim, randint, tensor } from "nabla";
import { figure, line, panel } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const ELEMENTS = `hydrogen helium lithium beryllium boron carbon nitrogen oxygen fluorine neon
sodium magnesium aluminium silicon phosphorus sulfur chlorine argon potassium calcium scandium
titanium vanadium chromium manganese iron cobalt nickel copper zinc gallium germanium arsenic
selenium bromine krypton rubidium strontium yttrium zirconium niobium molybdenum technetium
ruthenium rhodium palladium silver cadmium indium tin antimony tellurium iodine xenon caesium
barium lanthanum cerium praseodymium neodymium promethium samarium europium gadolinium terbium
dysprosium holmium erbium thulium ytterbium lutetium hafnium tantalum tungsten rhenium osmium
iridium platinum gold mercury thallium lead bismuth polonium astatine radon francium radium
actinium thorium protactinium uranium neptunium plutonium americium curium berkelium californium
einsteinium fermium mendelevium nobelium lawrencium rutherfordium dubnium seaborgium bohrium
hassium meitnerium darmstadtium roentgenium copernicium nihonium flerovium moscovium livermorium
tennessine oganesson`.split(/\s+/);

const LETTERS = ".abcdefghijklmnopqrstuvwxyz";
const [CONTEXT, BATCH, STEPS] = [3, 64, 1500];

/** Each letter of each name with the three before it; a point stands before and after a name. */
function examples(names: readonly string[]): { x: Tensor; y: Tensor } {
  const [x, y]: [number[][], number[]] = [[], []];
  for (const name of names) {
    const codes = [...`...${name}.`].map((letter) => LETTERS.indexOf(letter));
    for (let at = CONTEXT; at < codes.length; at++) {
      x.push(codes.slice(at - CONTEXT, at));
      y.push(codes[at]!);
    }
  }
  return { x: tensor(x, { dtype: "int32" }), y: tensor(y, { dtype: "int32" }) };
}

/** The scores of the next letter by the last one alone. */
class Bigram extends nn.Module {
  table = new nn.Embedding(LETTERS.length, LETTERS.length);

  forward(x: Tensor): Tensor {
    return this.table.forward(x.select(1, CONTEXT - 1));
  }
}

/** Letters become points of a space, and a perceptron reads three of them. */
class MLP extends nn.Module {
  embedding = new nn.Embedding(LETTERS.length, 8);
  layers = new nn.Sequential(
    ...[new nn.Linear(CONTEXT * 8, 64), new nn.Tanh(), new nn.Dropout(0.3)],
    new nn.Linear(64, LETTERS.length),
  );

  forward(x: Tensor): Tensor {
    return this.layers.forward(this.embedding.forward(x).flatten(1));
  }
}

/** Makes up names. */
async function makeUp(model: Bigram | MLP, count: number): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    let name = "...";
    do {
      const codes = [...name.slice(-CONTEXT)].map((letter) => LETTERS.indexOf(letter));
      const scores = noGrad(() => model.forward(tensor([codes], { dtype: "int32" })));
      name += LETTERS[await multinomial(scores.softmax(-1), 1).item()]!;
    } while (!name.endsWith(".") && name.length < 20);
    names.push(name.slice(CONTEXT).replace(".", ""));
  }
  return names;
}

/** Runs the program; gives back the loss per letter of unseen names, and names made up. */
export async function run(
  print: (line: string) => void = console.log,
): Promise<{ losses: Record<string, number>; names: readonly string[]; svg: string }> {
  manualSeed(42);
  const { x, y } = examples(ELEMENTS.filter((_, i) => i % 6 !== 5));
  const unseen = examples(ELEMENTS.filter((_, i) => i % 6 === 5));
  const curves = [];
  const least: Record<string, number> = {};
  let names: string[] = [];
  for (const [label, model] of Object.entries({ bigram: new Bigram(), MLP: new MLP() })) {
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01, weightDecay: 0.02 });
    const step = compile(() => {
      const batch = randint(0, y.shape[0]!, [BATCH]);
      const scores = model.forward(x.indexSelect(0, batch));
      const loss = nn.functional.crossEntropy(scores, y.indexSelect(0, batch));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
    const [at, losses]: [number[], number[]] = [[], []];
    for (let k = 0; k <= STEPS; k++) {
      if (k % 50 === 0) {
        model.eval();
        const loss = noGrad(() => nn.functional.crossEntropy(model.forward(unseen.x), unseen.y));
        model.train();
        at.push(k);
        losses.push(await loss.item());
      }
      step();
    }
    model.eval();
    least[label] = Math.min(...losses);
    names = await makeUp(model, 8);
    curves.push(line(at, losses, { label }));
    print(`${label.padEnd(6)} ${least[label].toFixed(3)} per letter; ${names.join(", ")}`);
  }
  const labels = { xLabel: "step", yLabel: "loss per letter of unseen names" };
  const svg = figure([[panel(curves, labels)]], {
    title: "Guessing the next letter of an element",
  });
  savePicture("makemore", svg, print);
  return { losses: least, names, svg };
}
