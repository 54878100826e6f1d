// HTTP header names as Go spells them on the wire and in messages: Www-Authenticate.

export const canonicalHeaderName = (name: string): string =>
  name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
