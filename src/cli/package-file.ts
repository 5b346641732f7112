/** Where the files that come with the package lie. */

/** Returns the path of a `file:` URL as this system spells it. */
export function pathOfUrl(url: URL | string): string {
  const { pathname } = new URL(url);
  return decodeURIComponent(pathname).replace(/^\/([A-Za-z]:)/, "$1");
}
