/** What a page says of itself to navigation, head and the home page. */

/** Title and summary of a page. */
export interface PageWords {
  readonly title: string;
  readonly summary: string;
}

/** A page with the place that its folder gives it. */
export interface PageInfo extends PageWords {
  /** Below the lab's root, with a slash at the end; empty for the home page. */
  readonly path: string;
  /** Its folder in the sources. */
  readonly folder: string;
}

/** Describes a page; its folder says where it belongs. */
export function describePage(words: PageWords): PageWords {
  return words;
}
