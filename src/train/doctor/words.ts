/**
 * All words of the doctor, in one table: for each rule what was seen, why it matters, what to try.
 * Library, terminal, report and lab show these and no others.
 */
import { formatNumber, showText } from "../../core/format.ts";

/** The figures of each rule; the names of the rules are those of this table. */
export interface Figures {
  /** The first loss, and that of an untrained network that knows nothing: `ln 10`, by name. */
  readonly "initial-loss": { loss: number; expected: number; name: string };
  /** How far the loss of a few rows fell, and what a constant answer has. */
  readonly "one-batch": { rows: number; steps: number; loss: number; constant: number };
  readonly "dead-relu": { dead: number; units: number };
  /** The share of the activations that lie where their slope has all but gone. */
  readonly saturation: { share: number; activation: string };
  /** The size of the gradient, and the largest of any layer's, which is that of `other`. */
  readonly "vanishing-gradient": { gradient: number; largest: number; other: string };
  /** How much the loss changes by 1 % of the weights, in units of what knowing nothing costs. */
  readonly "exploding-gradient": { gradient: number; change: number };
  /** The parameters that no gradient reaches. */
  readonly "no-gradient": { parameters: number; names: string };
  /** The size of an update in units of the weights it changes. */
  readonly "update-ratio": { ratio: number };
  /** What stands before which loss, and the lowest loss that is left. */
  readonly "softmax-twice": { before: string; loss: string; lowest: number };
  readonly "not-log-probabilities": { loss: string; largest: number };
  readonly broadcast: { operation: string; input: string; target: string; result: string };
  /** The size of the gradients before and after a step that should have begun anew. */
  readonly "no-zero-grad": { before: number; after: number };
  /** In which mode the module ran while it did what. */
  readonly mode: { mode: "train" | "eval"; module: string };
  readonly "ignored-targets": { targets: number; ignoreIndex: number };
  readonly "constant-column": { value: string };
  readonly "unscaled-column": { mean: number; deviation: number };
  readonly "leaking-column": { target: string; how: Leak };
  readonly "duplicate-rows": { rows: number; all: number };
  readonly "shared-rows": { rows: number; held: number };
  /** The held-out loss at its best, at the end, and the loss in training then. */
  readonly memorisation: { best: number; epoch: number; last: number; training: number };
  /** The loss and that of a baseline that knows no inputs. */
  readonly "learns-nothing": { loss: number; baseline: number; name: string };
  /** The answer that is given for every row. */
  readonly "one-answer": { answer: string; rows: number };
  /** A class that is never answered; how often answers are right, and those of always `often`. */
  readonly "never-answers": {
    class: string;
    rows: number;
    right: number;
    often: string;
    share: number;
  };
  /** How rare a class is, and how many rows it has. */
  readonly "rare-class": { class: string; rows: number; share: number; balanced: boolean };
  /** The errors of the network and of a simpler model on the same rows, which neither has seen. */
  readonly "worse-than-simple": { network: number; simple: number; name: string; measure: string };
  /** What is reached on rows that were trained on, and on rows that were not. */
  readonly optimistic: { training: number; held: number; measure: string };
  /** The operation that made it, in which pass, and the largest number that went in. */
  readonly "non-finite": { value: number; operation: string; pass: Pass; input: number | null };
}

/** Where a value came from: the data, an update, or a pass through the network. */
export type Pass = "data" | "update" | "forward" | "backward";

/** How a column gives the target away. */
export type Leak = "equals" | "is a straight line of" | "orders" | "decides";

/** The names of the rules. */
export type RuleName = keyof Figures;

/** Where it was seen, in words. */
interface Where {
  readonly layer: string;
  readonly column: string;
}

/** The words of one rule. */
interface Words<F> {
  readonly message: (figures: F, where: Where) => string;
  readonly why: string;
  readonly cure: string;
}

/** The words of every rule. */
export const WORDS: { readonly [R in RuleName]: Words<Figures[R]> } = {
  "initial-loss": {
    message: ({ loss, expected, name }) =>
      `The loss begins at ${short(loss)}; knowing nothing costs ${short(expected)} (${name}).`,
    why: "A network that begins surely wrong spends its first updates on unlearning, or diverges.",
    cure: "Scale inputs and targets, and begin with smaller weights in the last layer.",
  },
  "one-batch": {
    message: ({ rows, steps, loss, constant }) =>
      `After ${steps} updates on the same ${rows} rows the loss is ${short(loss)}; the best ` +
      `constant answer has ${short(constant)}.`,
    why: "What cannot learn a few rows by heart cannot learn many: something is wired wrongly.",
    cure: "Check that inputs and targets belong together, that gradients reach every layer, and that weights do not all begin equal.",
  },
  "dead-relu": {
    message: ({ dead, units }, { layer }) =>
      `Layer ${layer}: ${dead} of ${units} units give 0 for every row.`,
    why: "A unit that is 0 everywhere has no gradient, so it stays 0: the network is smaller than it looks.",
    cure: "Try another seed, LeakyReLU, or a smaller rate.",
  },
  saturation: {
    message: ({ share, activation }, { layer }) =>
      `Layer ${layer}: ${percent(share)} of the activations lie where ${activation} is flat.`,
    why: "Where an activation is flat no gradient passes, and the layers before it stop learning.",
    cure: "Scale the inputs, begin with smaller weights, or try a smaller rate.",
  },
  "vanishing-gradient": {
    message: ({ gradient, largest, other }, { layer }) =>
      `Layer ${layer}: its gradient is ${short(gradient)}, ${times(largest / gradient)} times ` +
      `smaller than that of ${other}.`,
    why: "The first layers hardly move while the last ones learn from features that stay random.",
    cure: "Try ReLU or tanh instead of sigmoid, fewer layers, a normalisation, or shortcuts.",
  },
  "exploding-gradient": {
    message: ({ gradient, change }, { layer }) =>
      `Layer ${layer}: its gradient is ${short(gradient)}, so large that a change of the weights ` +
      `by 1 % changes the loss by ${times(change)} times what knowing nothing costs.`,
    why: "One update can throw the weights so far that nothing learned is left, or to NaN.",
    cure: "Clip the gradients (nn.clipGradNorm), begin with smaller weights, or scale the data.",
  },
  "no-gradient": {
    message: ({ parameters, names }) =>
      parameters === 1
        ? `The parameter ${names} gets no gradient.`
        : `${parameters} parameters get no gradient: ${names}.`,
    why: "What gets no gradient stays as it began: it is not used, or cut off by detach or noGrad.",
    cure: "Use it in forward, do not detach what comes from it, or freeze it: requiresGrad = false.",
  },
  "update-ratio": {
    message: ({ ratio }, { layer }) =>
      `Layer ${layer}: one update changes its weights by ${short(ratio)} of their size; about ` +
      "0.001 is healthy.",
    why: "Larger updates forget what was learned, much smaller ones get nowhere.",
    cure: "Change the learning rate by the factor that is missing.",
  },
  "softmax-twice": {
    message: ({ before, loss, lowest }) =>
      `${before} stands before ${loss}, which applies it itself` +
      (lowest > 0 ? `: the loss cannot fall below ${short(lowest)}.` : "."),
    why: "Applied twice it flattens all differences: gradients are small, and answers never sure.",
    cure: "Give the loss the plain outputs of the last layer.",
  },
  "not-log-probabilities": {
    message: ({ loss, largest }) =>
      `${loss} takes log-probabilities, which are never above 0; it got numbers up to ${short(largest)}.`,
    why: "The loss then falls without end while the answers get no better.",
    cure: "Put a LogSoftmax before it, or give the plain outputs to the cross-entropy.",
  },
  broadcast: {
    message: ({ operation, input, target, result }) =>
      `${operation} compares ${input} with ${target}: they broadcast to ${result}.`,
    why: "Every prediction is compared with every target, so that the mean of them is learned.",
    cure: "Give both the same shape, as with target.reshape(output.shape).",
  },
  "no-zero-grad": {
    message: ({ before, after }) =>
      `An update was made, and its gradients (size ${short(before)}) are still in those of the next (${short(after)}).`,
    why: "Each update then follows the sum of all gradients so far, and runs past the minimum.",
    cure: "Call optimizer.zeroGrad() once for each update.",
  },
  mode: {
    message: ({ mode, module }, { layer }) =>
      mode === "train"
        ? `Layer ${layer}: ${module} ran in training mode while no gradient was recorded.`
        : `Layer ${layer}: ${module} is in evaluation mode while the network trains.`,
    why: "Dropout and batch normalisation compute other things in training than in evaluation.",
    cure: "Call model.eval() before you evaluate, and model.train() before you train on.",
  },
  "ignored-targets": {
    message: ({ targets, ignoreIndex }) =>
      `All ${targets} targets are ${ignoreIndex}, the class that counts for nothing.`,
    why: "The loss is then 0 / 0: it is NaN, and so is every weight after the update.",
    cure: "Leave such batches out, or check how targets are made (ignoreIndex).",
  },
  "constant-column": {
    message: ({ value }, { column }) => `Column ${text(column)} is ${text(value)} in every row.`,
    why: "Nothing can be learned from a column that is always the same.",
    cure: "Leave it out, and check how it was read.",
  },
  "unscaled-column": {
    message: ({ mean, deviation }, { column }) =>
      `Column ${text(column)} is not scaled: its mean is ${short(mean)}, its deviation ${short(deviation)}.`,
    why: "Large or far-off inputs drown the others, saturate activations and need tiny rates.",
    cure: "Scale each column to mean 0 and deviation 1, or to 0 … 1.",
  },
  "leaking-column": {
    message: ({ target, how }, { column }) =>
      `Column ${text(column)} ` +
      (how === "orders"
        ? `orders the rows exactly as ${text(target)} does.`
        : `${how} ${text(target)}${how === "decides" ? ": each of its values has one class" : ""}.`),
    why: "An input that gives the target away is seldom known where predictions are needed.",
    cure: "Leave it out, unless it is known before the target is.",
  },
  "duplicate-rows": {
    message: ({ rows, all }) =>
      `${rows} of ${all} rows ${rows === 1 ? "repeats" : "repeat"} an earlier row.`,
    why: "Repeated rows count more than others, and stand on both sides of a split.",
    cure: "Remove them, or hold out all copies of a row together.",
  },
  "shared-rows": {
    message: ({ rows, held }) =>
      `${rows} of the ${held} rows held out ${rows === 1 ? "is" : "are"} also trained on.`,
    why: "An error on rows that were trained on says nothing about new ones.",
    cure: "Remove repeated rows before splitting, or hold out all copies of a row together.",
  },
  memorisation: {
    message: ({ best, epoch, last, training }) =>
      `The held-out loss rose from ${short(best)} (epoch ${epoch}) to ${short(last)}, while the ` +
      `loss in training fell to ${short(training)}.`,
    why: "The network learns its rows by heart: on new rows it gets worse the longer it trains.",
    cure: "Stop early, use weight decay, dropout or a smaller network, or get more rows.",
  },
  "learns-nothing": {
    message: ({ loss, baseline, name }) =>
      `The loss is ${short(loss)}, no better than ${name} (${short(baseline)}).`,
    why: "A network that does no better than a constant has learned nothing of the inputs.",
    cure: "Try another rate, scaled data, a larger network or another seed; perhaps the inputs do not tell.",
  },
  "one-answer": {
    message: ({ answer, rows }) => `The answer is the same for all ${rows} rows: ${answer}.`,
    why: "The inputs have no influence any more: units are dead, saturated, or the rate was too large.",
    cure: "Try another seed, LeakyReLU or tanh, or a smaller rate.",
  },
  "never-answers": {
    message: (figures) =>
      `The network never answers ${text(figures.class)}, the class of ${figures.rows} rows: it is ` +
      `right for ${percent(figures.right)}, always answering ${text(figures.often)} for ` +
      `${percent(figures.share)}.`,
    why: "A rare class can be ignored at little cost: few answers are wrong, and all that matter are.",
    cure: "Give rare classes more weight, train longer, or judge by the share found of each class.",
  },
  "rare-class": {
    message: ({ class: name, rows, share, balanced }) =>
      `The class ${text(name)} is rare: ${rows} ${rows === 1 ? "row" : "rows"}, ${percent(share)}` +
      (balanced ? "; its rows count more (class weights: balanced)." : "."),
    why: "Where one class is rare, always naming the other is nearly always right, and useless.",
    cure: "Judge by recall, precision and balanced accuracy, not by the share of right answers.",
  },
  "worse-than-simple": {
    message: ({ network, simple, name, measure }) =>
      `On rows not seen the network is worse than ${name}: ${measure} ${short(network)} against ` +
      `${short(simple)}.`,
    why: "What a simpler model does better is seldom worth a network: it learned its rows, not the rule.",
    cure: "Use the simpler one, or fewer epochs, weight decay, fewer neurons, more rows.",
  },
  optimistic: {
    message: ({ training, held, measure }) =>
      `${measure} is ${short(training)} on the rows trained on, and ${short(held)} on rows not seen.`,
    why: "An error on rows that were trained on is what the network remembers, not what it will do.",
    cure: "Go by the rows not seen; fewer epochs, weight decay or fewer neurons narrow the gap.",
  },
  "non-finite": {
    message: ({ value, operation, pass, input }, { layer }) =>
      `${FIRST[pass](operation, layer)} is ${value}` +
      (input === null ? "." : `, from numbers up to ${short(input)}.`),
    why: "From then on every number that depends on it is NaN, in the end all weights.",
    cure: "Try a smaller rate, clipped gradients or scaled data; keep log, division and sqrt away from 0.",
  },
};

const FIRST: Readonly<Record<Pass, (operation: string, layer: string) => string>> = {
  data: (operation) => `A number of ${operation}`,
  update: (operation) => `After the last update a number of ${operation}`,
  forward: (operation, layer) => `Layer ${layer}: the first result of ${operation}`,
  backward: (operation, layer) => `Layer ${layer}: the first gradient of ${operation}`,
};

const short = (value: number): string => formatNumber(value, { digits: 3 });

const times = (value: number): string => formatNumber(value, { digits: 2 });

const text = (value: string): string => showText(value, 40) || '""';

function percent(share: number): string {
  return `${formatNumber(100 * share, { digits: 3 })} %`;
}
