declare module "*.svg?raw" {
  const source: string;
  // biome-ignore lint/style/noDefaultExport: what Vite makes of such an import
  export default source;
}

declare module "*.css" {}

interface ImportMeta {
  /** Filled in by Vite. */
  readonly env: { readonly PROD: boolean };
}
