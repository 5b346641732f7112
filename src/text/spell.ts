/** How tokens are shown: what is not to be seen in its place. */

/** Shows a token: a blank as ␣, a new line as ↵, other bytes of control as their numbers. */
export function spellToken(text: string): string {
  return text
    .replaceAll(" ", "␣")
    .replaceAll("\n", "↵")
    .replaceAll("\t", "⇥")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, hexOf);
}

/** Lists the first few. */
export function listSome(tokens: readonly string[], most: number): string {
  const shown = tokens.slice(0, most).map(spellToken).join(" ");
  return tokens.length > most ? `${shown} … (${tokens.length} in all)` : shown;
}

function hexOf(character: string): string {
  return `<${character.codePointAt(0)!.toString(16).toUpperCase().padStart(2, "0")}>`;
}
