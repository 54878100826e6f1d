// What the value of an HTML attribute is: text, a URL, a script, a style, or something that must not be computed.

export type ContentKind = 'plain' | 'css' | 'html' | 'js' | 'url' | 'srcset' | 'unsafe';

const KINDS: Readonly<Record<Exclude<ContentKind, 'js'>, string>> = {
  plain: `accept alt autocomplete autofocus autoplay border checked class cols colspan contenteditable contextmenu
    controls coords datetime default dir dirname disabled draggable dropzone for formtarget headers height hidden high
    hreflang id ismap kind label lang list loop low max maxlength media mediagroup min multiple name open optimum
    placeholder preload pubdate radiogroup readonly required reversed rows rowspan spellcheck scope scoped seamless
    selected shape size sizes span srclang start step tabindex target title width wrap`,
  css: 'style',
  html: 'srcdoc',
  url: `action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src
    usemap xmlns`,
  srcset: 'srcset',
  unsafe: `accept-charset async challenge charset content crossorigin defer enctype form formenctype formmethod
    formnovalidate http-equiv keytype language method novalidate pattern rel sandbox type value`,
};

const BY_NAME: ReadonlyMap<string, ContentKind> = new Map(
  Object.entries(KINDS).flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind as ContentKind])),
);

/** `name` in lower case. Unknown names are judged by how they look. */
export function attributeKind(name: string): ContentKind {
  let bare = name;
  if (name.startsWith('data-')) bare = name.slice(5);
  else if (name.includes(':')) {
    if (name.startsWith('xmlns:')) return 'url';
    bare = name.slice(name.indexOf(':') + 1);
  }
  const known = BY_NAME.get(bare);
  if (known !== undefined) return known;
  if (bare.startsWith('on')) return 'js';
  return /src|uri|url/.test(bare) ? 'url' : 'plain';
}
