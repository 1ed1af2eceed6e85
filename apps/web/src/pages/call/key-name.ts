import { t } from "../../i18n/translate.ts";

/** A key's code as people know it: `KeyT` is T. */
export function keyName(code: string): string {
  if (code === "Space") return t("keys.space");
  return code.replace(/^(Key|Digit)/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ");
}
