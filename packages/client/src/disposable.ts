/** Gives browsers without `using` the two symbols, so that a method under each of them can be written. */
function define(name: "dispose" | "asyncDispose"): void {
  if (Symbol[name] === undefined) {
    Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) });
  }
}

define("dispose");
define("asyncDispose");
