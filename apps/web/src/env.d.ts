declare module "*.svg?raw" {
  const source: string;
  // biome-ignore lint/style/noDefaultExport: what Vite makes of such an import
  export default source;
}

declare module "*.css" {}
