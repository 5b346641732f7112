/** Small seeded networks and data for the doctor: healthy ones, from which tests make ill ones. */
import type { Tensor } from "../../src/doors/index.ts";
import { compile, manualSeed, nn, optim, rand, randn, tensor } from "../../src/doors/index.ts";
import type { Finding } from "../../src/train/doctor/finding.ts";

/** A curve `[64, 1]` → `[64, 1]`, scaled. */
export function curve(): [x: Tensor, y: Tensor] {
  manualSeed(3);
  const x = rand([64, 1]).mul(2).sub(1);
  return [x, x.mul(3).sin()];
}

/** Points `[90, 2]` around three centres, and the number of the centre `[90]`. */
export function classes(): [x: Tensor, y: Tensor] {
  manualSeed(4);
  const labels = Array.from({ length: 90 }, (_, i) => i % 3);
  const centres = [
    [0, 1],
    [1, -1],
    [-1, -1],
  ];
  const x = tensor(labels.map((k) => centres[k]!)).add(randn([90, 2]).mul(0.3));
  return [x, tensor(labels, { dtype: "int32" })];
}

/** Two layers with an activation between, seeded. */
export function twoLayers(
  inputs: number,
  outputs: number,
  activation: nn.Layer = new nn.Tanh(),
  hidden = 12,
): nn.Sequential {
  manualSeed(5);
  return new nn.Sequential(
    new nn.Linear(inputs, hidden),
    activation,
    new nn.Linear(hidden, outputs),
  );
}

/** Trains with Adam for some updates, as one program. */
export function train(
  model: nn.Module & { forward(x: Tensor): Tensor },
  lossFn: nn.Loss,
  [x, y]: readonly [Tensor, Tensor],
  updates: number,
  lr = 0.02,
): void {
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const step = compile((input: Tensor, target: Tensor) => {
    lossFn.forward(model.forward(input), target).backward();
    optimizer.step();
    optimizer.zeroGrad();
  });
  for (let k = 0; k < updates; k++) step(x, y);
}

/** The rules of findings with how bad they are, as short texts. */
export function rulesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, severity }) => `${severity} ${rule}`);
}

/** The one finding of a rule. */
export function only<R extends Finding["rule"]>(findings: readonly Finding[], rule: R): Finding<R> {
  const own = findings.filter((finding) => finding.rule === rule);
  if (own.length !== 1) {
    throw new Error(`${own.length} findings of ${rule}: ${rulesOf(findings).join(", ")}`);
  }
  return own[0] as Finding<R>;
}
