/** Lines for a terminal of any width: broken between words, so that no word is cut. */

/** Where a line that goes on begins, beyond where it began. */
const HANGING = 4;
/** Lines of text longer than this are hard to read, however wide the terminal is. */
const LONGEST = 100;

/**
 * Breaks a line between words where it is wider than `width`; what goes on is indented, in a list
 * below its text. A command goes on behind a backslash, as a shell takes it. A word that is wider
 * than the terminal stays whole.
 */
export function wrapLine(text: string, width: number): string[] {
  if (lengthOf(text) <= width) return [text];
  const indent = /^ */.exec(text)![0].length;
  const command = isCommand(text);
  const listed = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(text)?.[0].length ?? width;
  const hanging = !command && listed < width / 2 ? listed : indent + HANGING;
  const lines = breakWords(text, command ? width - 2 : width, " ".repeat(hanging), command);
  return command ? lines.map((one, k) => (k < lines.length - 1 ? `${one} \\` : one)) : lines;
}

/** Breaks a text; in a command what stands in quotes is one word. */
function breakWords(text: string, width: number, hanging: string, quotes: boolean): string[] {
  const words = quotes ? /( *)((?:--\S+ (?!-))?(?:'[^']*'|\S)+)/g : /( *)(\S+)/g;
  const lines: string[] = [];
  let line = "";
  for (const [, gap, word] of text.matchAll(words)) {
    const longer = `${line}${gap!}${word!}`;
    if (line !== "" && lengthOf(longer) > width) {
      lines.push(line);
      line = `${hanging}${word!}`;
    } else line = longer;
  }
  return [...lines, line];
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** Fills paragraphs, lines that follow each other without indent, to the width of the terminal. */
export function fillText(text: string, columns: number): string {
  const width = Math.min(columns, LONGEST);
  const lines: string[] = [];
  let paragraph: string[] = [];
  const end = (): void => {
    if (paragraph.length > 0) lines.push(...breakWords(paragraph.join(" "), width, "", false));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    if (/^\S/.test(line) && !/\S {2,}\S/.test(line) && !/^Examples.*:$/.test(line))
      paragraph.push(line);
    else {
      end();
      lines.push(...wrapLine(line, columns));
    }
  }
  end();
  return lines.join("\n");
}

/** Whether a line is a command to type. */
function isCommand(text: string): boolean {
  return /^(?:Next:| ) (?:nabla|npx|node|python3|cc) /.test(text);
}
