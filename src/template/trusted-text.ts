// Types of text that html/template takes as safe in its place: what safeHtml and safeUrl make.
import { namedType, STRING, type GoType } from './go-type.ts';

export const HTML: GoType = namedType('template.HTML', STRING);
export const URL_TEXT: GoType = namedType('template.URL', STRING);
