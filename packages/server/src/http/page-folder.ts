import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ServerError } from "../server-error.ts";

/** What is built out of the sources of page and SDK. */
export interface BuiltFolders {
  readonly page: string;
  /** The SDK as a module for pages without a bundler. */
  readonly sdk: string;
}

/**
 * Where the built page and SDK lie: beside the published package's code, or in the checkout, where
 * they are built first when nobody has done so yet.
 */
export async function builtFolders(): Promise<BuiltFolders> {
  const find = () => ({
    page: firstWith("index.html", "page", "../../apps/web/dist"),
    sdk: firstWith("tincan.js", "sdk", "../client/dist-bundle"),
  });
  let { page, sdk } = find();
  if (page === undefined || sdk === undefined) {
    await buildInCheckout();
    ({ page, sdk } = find());
  }
  if (page === undefined || sdk === undefined) {
    throw new ServerError(
      "page-missing",
      "the page is not built; run npm run build in the checkout",
    );
  }
  return { page, sdk };
}

const PACKAGE = resolve(import.meta.dirname, "../..");

/** The first of some folders, seen from this package, that holds a file. */
function firstWith(file: string, ...folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => resolve(PACKAGE, folder))
    .find((folder) => existsSync(join(folder, file)));
}

async function buildInCheckout(): Promise<void> {
  const builder = resolve(PACKAGE, "../../tools/build.ts");
  if (!existsSync(builder)) return;
  const { buildPage } = await import(pathToFileURL(builder).href);
  await buildPage();
}
