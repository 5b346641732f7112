/** CSV: the right number or a clear error, never a wrong number. */
import { describe, expect, it } from "vitest";
import { parseCsv, readColumns } from "../../src/data/csv.ts";
import { readFile } from "../support/files.ts";

const column = (cell: string): Float64Array => parseCsv(`a,b\n1,2\n3,${cell}\n`).numbers("b");

describe("a table", () => {
  it("of the nitrogen data", () => {
    const table = parseCsv(readFile("data/n2_cp.csv"), { source: "data/n2_cp.csv" });
    const { T_K: x, Cp_kJ_per_kgK: y } = readColumns(table, {
      T_K: "number",
      Cp_kJ_per_kgK: "number",
    });
    expect([table.rows, x[0], y[0], x[34]]).toEqual([35, 300, 1.0413, 2000]);
  });

  it.each([
    ["a;b\n1;2\n", ";"],
    ["a\tb\n1\t2\n", "\t"],
    ["a,b\n1,2", ","],
    ['"a, first";b\n1;2\n', ";"],
    ["only\n1\n2\n", ","],
    ["a|b\n1|2\n", "|"],
    ["a b\n1   2\n 3 4 \n", " "],
    ['"a a"\tb \n1\t2\n', "\t"],
  ])("finds the delimiter of %j", (text, delimiter) => {
    expect(parseCsv(text).delimiter).toBe(delimiter);
  });

  it("with a byte order mark, CRLF, quotes, blank lines and spaces", () => {
    const text = '\ufeffa,"the ""b"""\r\n 1 , 2\r\n\r\n3,"4"\r\n';
    const table = parseCsv(new TextEncoder().encode(text));
    expect(table.names).toEqual(["a", 'the "b"']);
    expect([...table.numbers("a"), ...table.numbers('the "b"')]).toEqual([1, 3, 2, 4]);
    expect(table.lineOf(1)).toBe(4);
  });

  it("knows columns of numbers from columns of text", () => {
    const table = parseCsv("name,size,oops\nx,1,2\ny,2,3kg\n");
    expect(table.names.map((name) => table.looksNumeric(name))).toEqual([false, true, true]);
  });

  it("keeps __proto__ and constructor as column names", () => {
    const table = parseCsv("__proto__,constructor\n1,2\n");
    expect(table.numbers("__proto__")[0]).toBe(1);
    const read = readColumns(table, { ["__proto__"]: "number", constructor: "text" });
    expect(read["__proto__"]![0]).toBe(1);
    expect(read.constructor).toEqual(["2"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("numbers", () => {
  it.each([
    ["1e3", 1000],
    ["-.5", -0.5],
    ["+7.", 7],
    ["0", 0],
    ["0e5", 0],
    ["1e39", 1e39],
    ["4.9E-324", 5e-324],
    ["0.1000000000000000055511151231257827", 0.1],
  ])("%s", (cell, value) => expect(column(cell)[1]).toBe(value));

  it.each([
    ["0x1F", /"0x1F" is not a number/],
    ["20kg", /"20kg" is not a number/],
    ['"1,234"', /two ways/],
    ['"1,5"', /decimal point/],
    ["1e400", /too large/],
    ["1e-400", /too small/],
    ["Infinity", /not a number/],
    ["NaN", /stands where/],
    ["NA", /stands where/],
    ["", /empty/],
    ["1_000", /not a number/],
    ["1 000", /not a number/],
    ["١٢", /not a number/],
    ["−5", /not a number/],
    ["0b11", /not a number/],
    ["1e", /not a number/],
    ["=1+1", /not a number/],
    ["true", /not a number/],
    ["\u001b[31m5", /\\x1b\[31m5" is not a number/],
    ["9".repeat(8_000_000), /8000000 characters/],
  ])("not %.20s", (cell, message) => {
    expect(() => column(cell)).toThrow(/^the table, line 3, column "b": /);
    expect(() => column(cell)).toThrow(message);
  });
});

describe("refuses", () => {
  it.each<[string | Uint8Array, RegExp]>([
    ["", /is empty/],
    ["a,b\n", /header but no rows/],
    ["a,b\n1,2\n3\n", /line 3: 1 cell where the header has 2 columns: "3"/],
    ["a,b\n1,2,3\n", /line 2: 3 cells/],
    ['a,b\n1,"2\n', /line 2: a quoted cell is not closed/],
    ["a,a\n1,2\n", /two columns are named "a"/],
    ["300,1.04\n350,1.05\n", /column names are missing/],
    [Uint8Array.of(0x50, 0x4b, 3, 4), /Excel.*save it as CSV/],
    [Uint8Array.of(0xff, 0xfe, 97, 0), /UTF-16/],
    [Uint8Array.of(97, 0xe9, 10, 49), /not UTF-8/],
    [Uint8Array.of(97, 0, 10, 49), /binary/],
  ])("%j", (input, message) => expect(() => parseCsv(input)).toThrow(message));

  it("a column that is not there, and names those that are", () => {
    expect(() => parseCsv("a,b\n1,2\n").numbers("c")).toThrow(
      'the table has no column "c"; its columns are: a, b.',
    );
  });

  it("counts lines through quoted line breaks", () => {
    const table = parseCsv('a,b\n"x\ny",1\nz,oops\n');
    expect(() => table.numbers("b")).toThrow(/line 4, column "b": "oops"/);
  });
});

describe("decimal commas", () => {
  it("are found where cells are not separated by commas, and never guessed", () => {
    const table = parseCsv("a;b\n1,5;2\n0,25;-3,5e2\n");
    expect(table.decimal).toBe(",");
    expect([...table.numbers("a"), ...table.numbers("b")]).toEqual([1.5, 0.25, 2, -350]);
    expect(() => parseCsv("a;b\n1,234;2\n5,678;3\n").numbers("a")).toThrow(/two ways/);
    expect(() => parseCsv("a;b\n1,5;2.5\n").numbers("a")).toThrow(/decimal point/);
    expect(parseCsv('a,b\n"1,5",2\n').decimal).toBe(".");
  });
});

describe("scikit-learn's first line", () => {
  it("names classes, and is checked against the rows", () => {
    const table = parseCsv("2,2,no,yes\n1,2,0\n3,4,1\n");
    expect([table.names, table.texts("class")]).toEqual([
      ["x1", "x2", "class"],
      ["no", "yes"],
    ]);
    expect(() => parseCsv("2,2,no,yes\n1,2,0\n3,4,2\n")).toThrow(/line 3: class "2" where/);
  });
});

describe("lines that are no rows", () => {
  it("before the table begin with #, and are said; lines keep their numbers", () => {
    const table = parseCsv("# a, b\n\n#c\nx,y\n1,2\n3,oops\n");
    expect([table.names, table.rows]).toEqual([["x", "y"], 2]);
    expect(table.said).toEqual(["skipped 2 lines before the table, which begin with #"]);
    expect(() => table.numbers("y")).toThrow(/line 6, column "y"/);
  });

  it("may hold the names, as gnuplot and NumPy write them", () => {
    const table = parseCsv("# bench\n# x y\n1 2\n3 4\n");
    expect([table.names, table.rows, table.lineOf(0)]).toEqual([["x", "y"], 2, 3]);
    expect(table.said[0]).toMatch(/^its names stand in a line that begins with #; 1 line before/);
  });

  it("within the table are left out where their mark is named", () => {
    const text = "x,y\n1,2\n% half way\n3,4\n";
    expect(() => parseCsv(text)).toThrow(/line 3: 1 cell/);
    const table = parseCsv(text, { comment: "%" });
    expect([[...table.numbers("x")], table.lineOf(1)]).toEqual([[1, 3], 4]);
  });
});

describe("a first line", () => {
  it.each([
    ["4.6,2.7,Alpha\n5.9,3,Beta\n6,2.5,Alpha\n", "4.6,2.7,Alpha"],
    ["Bob,25,180\nAnn,31,170\nJo,44,165\n", "Bob,25,180"],
    ["-1,red\n2,blue\n3,red\n", "-1,red"],
  ])("of data is refused: %j", (text, first) => {
    expect(() => parseCsv(text)).toThrow(
      `the table, line 1: the first line looks like data, not like names: "${first}" (--no-header`,
    );
    const table = parseCsv(text, { header: false });
    expect([table.names[0], table.rows]).toEqual(["x1", 3]);
    expect(parseCsv(text, { header: true }).rows).toBe(2);
  });

  it.each([
    "country,2019,2020,2021\nFrance,1,2,3\nPeru,4,5,6\n",
    "name,1,2,3\nx,1,2,3\ny,4,5,6\n",
    "7,8\nx,y\nz,w\n".replace("7,8", "a,1.5"),
    ",x,y\n0,1,2\n1,2,3\n",
  ])("of names stays one: %j", (text) => expect(parseCsv(text).rows).toBe(2));

  it("of numbers alone is refused, and read as it is asked", () => {
    expect(() => parseCsv("1,2\n3,4\n")).toThrow(/column names are missing.*--no-header/);
    expect(parseCsv("1,2\n3,4\n", { header: false }).rows).toBe(2);
    expect(parseCsv("2019,2020\n3,4\n", { header: true }).names).toEqual(["2019", "2020"]);
  });

  it("of counts stands before the names in scikit-learn's tables of numbers", () => {
    const table = parseCsv('2,2,\n"A","B","Y"\n1,2,3\n4,5,6\n');
    expect([table.names, table.rows, table.lineOf(0)]).toEqual([["A", "B", "Y"], 2, 3]);
    expect(table.said).toEqual(["its first line counts rows and inputs (scikit-learn's form)"]);
  });

  it("may leave out the name of the rows' names, as R does", () => {
    const table = parseCsv('"mpg" "cyl"\n"Mazda RX4" 21 6\n"Fiat 128" 32.4 4\n');
    expect(table.names).toEqual(["column 1", "mpg", "cyl"]);
    expect([table.texts("column 1")[0], table.numbers("mpg")[1]]).toEqual(["Mazda RX4", 32.4]);
  });
});

describe("letters", () => {
  it("are read as the encoding that is named", () => {
    const bytes = Uint8Array.of(
      ...[..."n,y\nM\xfcller,1\nK\xf6nig,2\n"].map((c) => c.charCodeAt(0)),
    );
    expect(() => parseCsv(bytes)).toThrow(/not UTF-8 text; .*\(--encoding windows-1252/);
    expect(parseCsv(bytes, { encoding: "windows-1252" }).texts("n")).toEqual(["Müller", "König"]);
    const utf16 = new Uint8Array(Buffer.from("\ufeffa,b\n1,2\n", "utf16le"));
    expect(parseCsv(utf16, { encoding: "utf-16le" }).names).toEqual(["a", "b"]);
    expect(() => parseCsv(bytes, { encoding: "constructor" })).toThrow(/no encoding "constructor"/);
    expect(() => parseCsv(bytes, { encoding: "utf-8" })).toThrow(/is not utf-8 text/);
  });
});

describe("whole numbers above 2^53", () => {
  it("are refused where their digits would be lost, and kept as text", () => {
    expect(() => column("9007199254740993")).toThrow(/whole number above 2\^53/);
    expect(column("9007199254740992")[1]).toBe(9007199254740992);
    expect(column("1e300")[1]).toBe(1e300);
    expect(parseCsv("a,b\n1,9007199254740993\n").texts("b")).toEqual(["9007199254740993"]);
  });
});
