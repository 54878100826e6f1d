// Text as a document of Atlassian, which version 3 of Jira's API wants it to be.
import { goJson, type Json } from '../../model/go-json.ts';
import { cutToFit } from '../../notify/cut-to-fit.ts';

/** Text that is a JSON object is a document already; of one that is too long the texts are kept. */
export function documentOf(text: string, longest: number): Json {
  const given = parsed(text);
  if (given !== null && fits(given, longest)) return given;
  const plain = given === null ? text : textsIn(given).join('\n');
  return documentIn(cutToFit(plain, (part) => fits(documentIn(part), longest)));
}

const fits = (document: Json, longest: number): boolean => goJson(document).length <= longest;

function parsed(text: string): Json | null {
  try {
    const json = JSON.parse(text) as Json;
    return typeof json === 'object' && !Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

/** Paragraphs end at empty lines. */
const documentIn = (text: string): Json => ({
  version: 1,
  type: 'doc',
  content: text
    .split(/(?:\r?\n[ \t]*){2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => ({ type: 'paragraph', content: linesIn(part) })),
});

const linesIn = (paragraph: string): readonly Json[] =>
  paragraph
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .flatMap((line, index) => [...(index === 0 ? [] : [{ type: 'hardBreak' }]), { type: 'text', text: line }]);

function textsIn(json: Json): readonly string[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) => {
    if (typeof value === 'string') return name === 'text' ? [value] : [];
    return textsIn(value as Json);
  });
}
