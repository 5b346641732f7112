/** Finds code that asks for an operation's name instead of asking its row. */
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./files.ts";

/** Where rows are: they may name what they are. */
const ROWS = new Set(["src/ir/ops.ts", "src/ir/families.ts"]);

/** An operation that is no scalar instruction: a type that has it is that of operations' names. */
const TELLTALE = "stopGradient";

/** What was found: the faults, and how many decisions were looked at. */
export interface Asked {
  readonly asked: readonly string[];
  readonly seen: number;
}

/** Looks through src, and through one more module that is not there. */
export function namesAsked(extra?: { readonly path: string; readonly text: string }): Asked {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) =>
    ts.sys.readFile(path),
  ) as { config: object };
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    { ...config, include: ["src"] },
    ts.sys,
    ROOT,
  );
  const added = extra && join(ROOT, extra.path);
  const host = ts.createCompilerHost(options, true);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === added
      ? ts.createSourceFile(name, extra!.text, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram(added ? [...fileNames, added] : fileNames, options, host);
  const finder = new Finder(program.getTypeChecker());
  for (const file of program.getSourceFiles()) {
    const path = file.fileName.slice(ROOT.length);
    if (file.fileName.startsWith(`${ROOT}src/`) && !ROWS.has(path)) finder.look(file, path);
  }
  return finder;
}

class Finder implements Asked {
  readonly asked: string[] = [];
  seen = 0;
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  look(file: ts.SourceFile, path: string): void {
    const visit = (node: ts.Node): void => {
      if (this.#asks(node)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        this.asked.push(`${path}:${line + 1}: ${node.getText().split("\n")[0]}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  #asks(node: ts.Node): boolean {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === "OPS") return true;
    if (!mayBeName(node) || !decides(node)) return false;
    this.seen++;
    const type = this.#checker.getTypeAtLocation(node);
    return (
      type.isUnion() && type.types.some((one) => one.isStringLiteral() && one.value === TELLTALE)
    );
  }
}

/** Whether an expression is called as an operation's name is: `node.op`, or `op` taken from it. */
function mayBeName(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "op";
  return ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent);
}

/** Whether something depends on which name it is: a comparison, a switch, a set. */
function decides(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isSwitchStatement(parent)) return parent.expression === node;
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    return (
      kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
      kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
    );
  }
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression))
    return false;
  return ["has", "includes", "indexOf", "get"].includes(parent.expression.name.text);
}
