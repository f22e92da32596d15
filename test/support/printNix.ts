// A lowered expression back as Nix source, with all parentheses: it means what the expression means.
import type { AttrName, Binding, Expr, StringPart } from "../../server/src/core/syntax/ast.js";

/** Error expressions print as `⚠(children)`, which is not Nix. */
export function printNix(expr: Expr): string {
  const print = printNix;
  switch (expr.kind) {
    case "integer":
      return String(expr.value);
    case "float":
      return printFloat(expr.value);
    case "variable":
      return expr.name;
    case "string":
      return `"${printParts(expr.parts, escapeText)}"`;
    case "path":
      return printParts(expr.parts, (text) => text);
    case "list":
      return `[ ${expr.items.map((item) => `(${print(item)})`).join(" ")} ]`;
    case "attrset":
      return `${expr.recursive ? "rec " : ""}{ ${expr.bindings.map(printBinding).join(" ")} }`;
    case "let":
      return `(let ${expr.bindings.map(printBinding).join(" ")} in ${print(expr.body)})`;
    case "function":
      return `(${printParameter(expr)}: ${print(expr.body)})`;
    case "apply":
      return expr.arg.kind === "variable" && expr.arg.name === "or"
        ? `(${print(expr.fn)} or)`
        : `(${print(expr.fn)} ${print(expr.arg)})`;
    case "select": {
      const fallback = expr.fallback ? ` or ${print(expr.fallback)}` : "";
      // A number or path would take the dot as its own.
      const base = ["integer", "float", "path"].includes(expr.base.kind) ? `(${print(expr.base)})` : print(expr.base);
      return `(${base}.${expr.path.map(printName).join(".")}${fallback})`;
    }
    case "has_attr":
      return `(${print(expr.base)} ? ${expr.path.map(printName).join(".")})`;
    case "unary":
      return `(${expr.operator} ${print(expr.operand)})`;
    case "binary":
      return `(${print(expr.left)} ${expr.operator} ${print(expr.right)})`;
    case "if":
      return `(if ${print(expr.condition)} then ${print(expr.consequence)} else ${print(expr.alternative)})`;
    case "assert":
      return `(assert ${print(expr.condition)}; ${print(expr.body)})`;
    case "with":
      return `(with ${print(expr.environment)}; ${print(expr.body)})`;
    case "error":
      return `⚠(${expr.children.map(print).join(" ")})`;
  }
}

function printFloat(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  const point = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? point : `${point}e${exponent}`;
}

function escapeText(text: string): string {
  return text
    .replace(/["\\]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll("$", "\\$");
}

function printParts(parts: readonly StringPart[], escape: (text: string) => string): string {
  return parts.map((part) => (part.kind === "text" ? escape(part.text) : `\${${printNix(part.expr)}}`)).join("");
}

function printName(name: AttrName): string {
  return name.kind === "name" ? `"${escapeText(name.text)}"` : `\${${printNix(name.expr)}}`;
}

function printBinding(binding: Binding): string {
  if (binding.kind === "binding") return `${binding.path.map(printName).join(".")} = ${printNix(binding.value)};`;
  const from = binding.from ? ` (${printNix(binding.from)})` : "";
  return `inherit${from} ${binding.names.map(printName).join(" ")};`;
}

function printParameter({ parameter, formals }: Extract<Expr, { kind: "function" }>): string {
  if (!formals) return parameter?.name ?? "";
  const entries = formals.entries.map(({ name, fallback }) => (fallback ? `${name} ? ${printNix(fallback)}` : name));
  if (formals.ellipsis) entries.push("...");
  return `${parameter ? `${parameter.name}@` : ""}{ ${entries.join(", ")} }`;
}
