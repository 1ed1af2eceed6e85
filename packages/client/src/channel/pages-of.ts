/** Items in as many lists as it takes for each to fit into one message as JSON. */
export function pagesOf<Item>(items: readonly Item[], maxItems: number): Item[][] {
  const pages: Item[][] = [];
  let page: Item[] = [];
  let size = 0;
  for (const item of items) {
    const bytes = new TextEncoder().encode(JSON.stringify(item)).length + 1;
    if (page.length > 0 && (size + bytes > MAX_PAGE_BYTES || page.length >= maxItems)) {
      pages.push(page);
      page = [];
      size = 0;
    }
    page.push(item);
    size += bytes;
  }
  if (page.length > 0) pages.push(page);
  return pages;
}

/** Leaves room for what stands around the items in a message of 65,536 bytes. */
const MAX_PAGE_BYTES = 60_000;
