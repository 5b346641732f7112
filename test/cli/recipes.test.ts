/** Columns as people have them: how each is read, what is said of it, and what is refused. */
import { describe, expect, it } from "vitest";
import { chooseColumns } from "../../src/cli/choose-columns.ts";
import { inputsAt } from "../../src/cli/predict-inputs.ts";
import { parseCsv } from "../../src/data/csv.ts";
import type { Column } from "../../src/train/table/dataset.ts";
import { encode, featureNames } from "../../src/train/table/dataset.ts";

type Flags = Parameters<typeof chooseColumns>[1];

/** A table of one column beside numbers, as `nabla fit` chooses from it. */
function chosen(cells: readonly string[], flags: Flags = {}, name = "c") {
  const quoted = cells.map((cell, i) => `"${cell}",${(i * i) % 7}`);
  const table = parseCsv([`${name},y`, ...quoted].join("\n"), { source: "t.csv" });
  return chooseColumns(table, { y: "y", ...flags });
}

function numbersOf(cells: readonly string[], flags: Flags = {}, name = "c"): number[] {
  return [...(chosen(cells, flags, name).dataset.inputs[0] as Column).values];
}

describe("amounts are read as what they say, and said", () => {
  it.each<[string[], number[], string]>([
    [["$1,234", "$950", "$12.50"], [1234, 950, 12.5], "money ($), commas between thousands"],
    [["1.234,50 €", "3,20 €"], [1234.5, 3.2], "money (€), points between thousands and a decimal"],
    [["CHF 1'234.50", "CHF 20"], [1234.5, 20], "money (CHF), apostrophes between thousands"],
    [["£1,200", "£2,300"], [1200, 2300], "money (£), commas between thousands"],
    [["(987.65)", "12", "(3)"], [-987.65, 12, -3], 'a number: "(987.65)" is -987.65'],
    [["$5", "-$6", "($7.50)"], [5, -6, -7.5], "money ($)"],
    [["12.5%", "3 %", "-1%"], [12.5, 3, -1], 'percent: "12.5%" is 12.5'],
    [["1,234,567", "1,000"], [1234567, 1000], "commas between thousands"],
    [["1,234.5", "950", "17"], [1234.5, 950, 17], "commas between thousands"],
    [["1 234,5", "12 000"], [1234.5, 12000], "blanks between thousands and a decimal comma"],
    [["20 kg", "21.5kg", "9 kg"], [20, 21.5, 9], 'a number (kg): "20 kg" is 20'],
    [["3 m/s", "4 m/s"], [3, 4], "a number (m/s)"],
    [["−5", "7"], [-5, 7], 'a number: "−5" is -5'],
    [["0,5", "1,25"], [0.5, 1.25], "a number, a decimal comma"],
    [["1,23,456", "12,34,567"], [123456, 1234567], "commas between thousands"],
  ])("%j", (cells, values, note) => {
    expect(numbersOf(cells)).toEqual(values);
    expect(chosen(cells).notes.join("\n")).toContain(note);
  });

  it.each<[string[], RegExp]>([
    [["1,234", "2,345"], /could be read in two ways, as 1234 \(--decimal \.\) or as 1\.234/],
    [["1,234 €", "2,345 €"], /could be read in two ways/],
    [["20 kg", "3 lb", "4 kg"], /"20 kg" and "3 lb" are not of one unit/],
    [["$20", "€3", "$4"], /"\$20" and "€3" are not of one unit/],
    [["20 kg", "21 kg", "22"], /"22" stands without the unit of "20 kg"/],
    [["12%", "13%", "14%", "0.3"], /"0\.3" stands without the sign of "12%"/],
    [["$12", "$13", "free", "$14"], /"free" stands among amounts such as "\$12"/],
  ])("%j is refused with both readings", (cells, message) => {
    expect(() => chosen(cells)).toThrow(/^t\.csv, column "c": .* --column c=KIND decides\.$/);
    expect(() => chosen(cells)).toThrow(message);
  });

  it("what was ambiguous is decided by an option", () => {
    const cells = ["1,234", "2,345"];
    expect(numbersOf(cells, { decimal: "." })).toEqual([1234, 2345]);
    expect(numbersOf(cells, { decimal: "," })).toEqual([1.234, 2.345]);
    expect(numbersOf(["12%", "3"], { column: ["c=percent"] })).toEqual([12, 3]);
    const skipped = chosen(["1,234", "x"], { column: ["c=skip"], x: "y", y: "c" }, "c");
    expect(skipped.dataset.outputs[0]!.name).toBe("c"); // named: what is named is taken
    expect(chosen(["7", "8", "7"], { column: ["c=class"] }).dataset.inputs[0]).toMatchObject({
      texts: ["7", "8", "7"],
    });
  });
});

describe("dates", () => {
  const days = (cells: readonly string[], flags: Flags = {}): number[] => numbersOf(cells, flags);

  it.each<[string[], number[]]>([
    [
      ["2024-02-28", "2024-03-01", "2024-03-10"],
      [0, 2, 11],
    ],
    [
      ["2024/02/28", "2024/03/01", "2024/3/10"],
      [0, 2, 11],
    ],
    [
      ["28.2.2024", "1.3.2024", "10.3.2024"],
      [0, 2, 11],
    ],
    [
      ["02/28/2024", "03/01/2024", "03/10/2024"],
      [0, 2, 11],
    ],
    [
      ["28/02/24", "01/03/24", "10/03/24"],
      [0, 2, 11],
    ],
    [
      ["28 Feb 2024", "1 Mar 2024", "10-March-2024"],
      [0, 2, 11],
    ],
    [
      ["Feb 28, 2024", "March 1st, 2024", "Mar 10, 2024"],
      [0, 2, 11],
    ],
    [
      ["2024-01", "2024-02", "2024-04"],
      [0, 31, 91],
    ],
    [
      ["2024-Q1", "2024 Q2", "2024Q3"],
      [0, 91, 182],
    ],
    [
      ["2024-02-28T12:00Z", "2024-03-01T13:00+01:00", "2024-03-10 12:00:00Z"],
      [0.5, 2.5, 11.5],
    ],
    [
      ["2/28/2024 12:00 PM", "3/1/2024 12:00 AM", "3/10/2024 6:00 PM"],
      [0.5, 2, 11.75],
    ],
  ])("%j", (cells, wanted) => expect(days(cells)).toEqual(wanted));

  it("become a trend and what comes round, as far as it varies", () => {
    const at = Date.UTC(2021, 2, 1);
    const every = (step: number, n: number): string[] =>
      Array.from({ length: n }, (_, i) => new Date(at + i * step * 3_600_000).toISOString());
    const rounds = (cells: string[]): string =>
      featureNames(encode(chosen(cells).dataset).inputs).join("; ");
    expect(rounds(every(24, 10))).toBe("c (days since 2021-03-01T00:00Z)");
    expect(rounds(every(24, 30))).toMatch(/; c, weekday \(sine\); c, weekday \(cosine\)$/);
    expect(rounds(every(1, 72))).toMatch(
      /^c \(hours since .*; c, hour \(sine\); c, hour \(cosine\)$/,
    );
    expect(rounds(every(24 * 30, 40))).toMatch(/; c, month \(sine\); c, month \(cosine\)$/);
    const { x, width } = encode(chosen(every(24, 30)).dataset);
    const row = (i: number): number[] => [...x.subarray(i * width, (i + 1) * width)];
    expect(row(0)).toEqual([0, 0, 1]); // a Monday
    expect(row(7).slice(1)).toEqual([0, 1]);
    expect(row(3)[1]).toBeCloseTo(Math.sin((2 * Math.PI * 3) / 7), 12);
  });

  it("in seconds and milliseconds since 1970 are times where the name says so", () => {
    const ms = ["1700010000000", "1700013600000", "1700024400000"];
    expect(numbersOf(ms, {}, "timestamp")).toEqual([0, 1, 4]);
    expect(numbersOf(ms)).toEqual(ms.map(Number));
    expect(numbersOf(["1700010000", "1700013600", "1700024400"], {}, "created_at")).toEqual([
      0, 1, 4,
    ]);
    expect(chosen(ms, {}, "timestamp").notes[0]).toContain("a time in milliseconds since 1970");
  });

  it.each<[string[], RegExp]>([
    [["03/04/2024", "05/06/2024"], /as 2024-04-03 \(date:dmy\) or as 2024-03-04 \(date:mdy\)/],
    [
      ["13/04/2024", "05/16/2024", "01/02/2024"],
      /is no date as .* with the day or the month first/,
    ],
    [["2024-02-30", "2024-03-01", "2024-03-02"], /"2024-02-30" is no date as "2024-03-01" is one/],
    [["2024-03-01T10:00Z", "2024-03-01T11:00"], /names a time zone and .* none/],
  ])("%j is refused", (cells, message) => expect(() => chosen(cells)).toThrow(message));

  it("of two readings are read as asked", () => {
    const cells = ["03/04/2024", "05/07/2024"];
    expect(days(cells, { column: ["c=date:dmy"] })).toEqual([0, 93]);
    expect(days(cells, { column: ["c=date:mdy"] })).toEqual([0, 64]);
  });

  it("are no target unless one is named, and then refused", () => {
    const table = parseCsv("v,d\n1,2024-03-01\n2,2024-03-02\n4,2024-03-04\n", { source: "t.csv" });
    expect(chooseColumns(table, {}).dataset.outputs[0]!.name).toBe("v");
    expect(() => chooseColumns(table, { y: "d" })).toThrow(/holds dates, which can be inputs/);
  });

  it("are asked for as they are written, and answered outside in their units", () => {
    const { inputs } = encode(chosen(["2024-02-28", "2024-03-01", "2024-03-10"]).dataset);
    const { columns } = inputsAt("2024-03-02,1 Mar 2024".split(",")[0]!, inputs);
    expect([...(columns[0] as Column).values]).toEqual([3]);
    expect(() => inputsAt("1 Mar 2024", inputs)).toThrow(
      /"1 Mar 2024" is not a date \(year-month-day/,
    );
  });
});

describe("kinds", () => {
  const kinds = (cells: string[], flags: Flags = {}): string[] => [
    ...new Set((chosen(cells, flags).dataset.inputs[0] as { texts: readonly string[] }).texts),
  ];

  it("that differ in blanks and habits of case are one, and it is said", () => {
    const cells = ["yes", "YES ", "no", "No", "yes", "no", "Yes"];
    expect(kinds(cells)).toEqual(["yes", "no"]);
    expect(chosen(cells).notes).toEqual([
      'c: "YES", "Yes" are read as "yes", "No" is read as "no"; --column c=text tells them apart',
    ]);
    expect(kinds(cells, { column: ["c=text"] })).toHaveLength(5);
  });

  it("that case tells apart stay apart, and it is said", () => {
    const cells = ["AA", "Aa", "aa", "AA", "Aa", "aa", "AA", "aa"];
    expect(kinds(cells)).toEqual(["AA", "Aa", "aa"]);
    expect(chosen(cells).notes[0]).toMatch(/^c: "AA" and "Aa" and "aa" differ in case alone/);
    expect(kinds(cells, { column: ["c=class"] })).toEqual(["AA"]);
  });

  it("of a network are found in other spellings", () => {
    const cells = ["red", "Red", "blue", "red", "blue", "Blue"];
    const { inputs } = encode(chosen(cells).dataset);
    expect(inputsAt("RED,blue ,green", inputs).columns[0]).toMatchObject({
      texts: ["red", "blue", "green"],
    });
  });
});

describe("columns that are no inputs", () => {
  const unused = (text: string, flags: Flags = {}): readonly string[] =>
    chooseColumns(parseCsv(text), flags).unused;

  it("row numbers, ids and codes are left out, and it is said", () => {
    const rows = [3, 1, 4, 1, 5, 9, 2, 6];
    const table = (name: string, cell: (i: number) => unknown): string =>
      [`${name},x,y`, ...rows.map((v, i) => `${String(cell(i))},${v},${i * i}`)].join("\n");
    expect(unused(table('""', (i) => i))).toEqual(["column 1 (row numbers)"]);
    expect(unused(table("Unnamed: 0", (i) => i + 1))).toEqual(["Unnamed: 0 (row numbers)"]);
    expect(unused(table("customer_id", (i) => 900 - 7 * i))).toEqual([
      "customer_id (ids: all different)",
    ]);
    expect(unused(table("n", (i) => i + 1))).toEqual([]);
    expect(unused(table("id", (i) => `9007199254740${993 + i}`))).toEqual([
      "id (whole numbers above 2^53, which no number holds)",
    ]);
    expect(unused(table("zip", (i) => `0123${i}`))[0]).toBe(
      "zip (codes such as 01230, all kinds of text)",
    );
    expect(
      unused(
        table("id", (i) => i),
        { x: "id,x", y: "y" },
      ),
    ).toEqual([]);
  });

  it("are taken where there is no other", () => {
    const found = chooseColumns(parseCsv("id,y\n1,2\n2,4\n3,7\n"), {});
    expect(found.dataset.inputs.map(({ name }) => name)).toEqual(["id"]);
    expect(found.notes).toEqual(["id: row numbers or ids, but there is no other input"]);
  });
});

describe("what a column holds", () => {
  it("is said of columns that there are, in kinds that there are", () => {
    const table = parseCsv("constructor,y\n1,2\n2,3\n5,4\n");
    expect(() => chooseColumns(table, { column: ["toString=number"] })).toThrow(/no column "toStr/);
    expect(chooseColumns(table, { column: ["constructor=text"] }).dataset.inputs[0]).toMatchObject({
      texts: ["1", "2", "5"],
    });
  });

  it("is not a number where a text stands among them: the way out is named", () => {
    const cells = ["4", "5", "6", "rotary", "8"];
    expect(() => chosen(cells)).toThrow(
      't.csv, line 5, column "c": "rotary" is not a number. --column c=class takes',
    );
    expect(chosen(cells, { column: ["c=class"] }).dataset.inputs[0]).toMatchObject({
      texts: cells,
    });
  });

  it("of a target that is missing can only be left out", () => {
    const table = parseCsv("x,y\n1,2\n2,\n3,4\n4,5\n");
    expect(() => chooseColumns(table, {})).toThrow(
      /\(y 1\)\. Rows without a target can only be left out: --missing drop\.$/,
    );
    expect(chooseColumns(table, { missing: "mean" }).notes).toEqual([
      "left out 1 row with no target",
    ]);
  });
});
