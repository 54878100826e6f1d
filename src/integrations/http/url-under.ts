/** More path, and perhaps a query, below a URL that may have a query of its own. */
export function urlUnder(base: string, path: string): string {
  const [folder = '', query] = base.split('?');
  const below = `${folder.replace(/\/+$/, '')}/${path}`;
  return query === undefined ? below : `${below}${path.includes('?') ? '&' : '?'}${query}`;
}
