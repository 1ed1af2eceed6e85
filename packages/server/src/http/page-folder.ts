import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ServerError } from "../server-error.ts";

/**
 * Where the built page lies: beside the published package's code, or in the checkout, where it is
 * built first when nobody has done so yet.
 */
export async function pageFolder(): Promise<string> {
  const places = [resolve(PACKAGE, "page"), resolve(PACKAGE, "../../apps/web/dist")];
  const isBuilt = (folder: string): boolean => existsSync(join(folder, "index.html"));
  if (!places.some(isBuilt)) await buildInCheckout();
  const built = places.find(isBuilt);
  if (built === undefined) {
    throw new ServerError(
      "page-missing",
      "the page is not built; run npm run build in the checkout",
    );
  }
  return built;
}

const PACKAGE = resolve(import.meta.dirname, "../..");

async function buildInCheckout(): Promise<void> {
  const builder = resolve(PACKAGE, "../../tools/build.ts");
  if (!existsSync(builder)) return;
  const { buildPage } = await import(pathToFileURL(builder).href);
  await buildPage();
}
