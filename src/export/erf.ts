/** The error function, which JavaScript lacks, as source text. */

/** Spells `erf` in JavaScript, or with `type` (`: number`) at its arguments in TypeScript. */
export function spellErf(type = ""): string {
  return `/** The error function to within 2e-7 (Numerical Recipes, erfcc). */
function erf(x${type})${type} {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
    1.48851587, -0.82215223, 0.17087277,
  ];
  const y = t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term, 0));
  return x < 0 ? y - 1 : 1 - y;
}`;
}
