/** Recognises columns that name rows instead of saying something of them. */

/** Names of columns that a program has written beside the data. */
const INDEX_NAME = /^(?:column 1|Unnamed: ?[0-9]+|index|level_0|row ?names?|rownames)$/i;
const ID_NAMES = [
  ...["ids?", "idx", "index", "key", "row", "rows?[ _]?(?:id|no|nr|num(?:ber)?|names?)", "rowid"],
  ...["nr", "no", "num", "#", "serial(?:[ _]?(?:no|number))?", "sl?\\.? ?no\\.?", "record"],
  ...[
    "record[ _]?(?:id|no|number)",
    "obs",
    "observation",
    "case",
    "uuid",
    "guid",
    "lfd\\.? ?nr\\.?",
  ],
];
const ID_NAME = new RegExp(`^(?:${ID_NAMES.join("|")})$|[ _.-]id$|^id[ _]`, "i");
/** `customerId` too, but not `arid`. */
const CAMEL_ID = /[a-z](?:Id|ID)$/;

/** Whether a column counts the rows, from 0 or from 1, under a name that nobody chose. */
export function countsRows(name: string, values: Float64Array): boolean {
  return INDEX_NAME.test(name) && isCount(values);
}

/** Whether a column with the name of an id has another whole number in each row. */
export function identifies(name: string, values: Float64Array): boolean {
  const named = [ID_NAME, CAMEL_ID, INDEX_NAME].some((each) => each.test(name.trim()));
  if (!named) return false;
  const known = values.filter((value) => !Number.isNaN(value));
  return known.every(Number.isInteger) && new Set(known).size === known.length;
}

/** Whether whole numbers of one length begin with zeros: postal codes, article numbers. */
export function isCode(cells: readonly string[]): boolean {
  let width = -1;
  let zeros = false;
  for (const cell of cells) {
    const text = cell.trim();
    if (!/^[0-9]{4,}$/.test(text)) {
      if (text === "") continue;
      return false;
    }
    if (width >= 0 && text.length !== width) return false;
    width = text.length;
    zeros ||= text.startsWith("0");
  }
  return zeros;
}

function isCount(values: Float64Array): boolean {
  const first = values[0];
  return (first === 0 || first === 1) && values.every((value, row) => value === first + row);
}
