// The words of robots whose Markdown knows no escapes, and the plain text they speak otherwise.
import { escapesAsLookalikes, withEscapes, withoutEscapes } from '../notify/markdown-escapes.ts';
import { TEXT, TITLED_MARKDOWN } from './default-texts.ts';
import type { Scene } from './scene.ts';

export function robotMarkdown(scene: Scene, template: string): string {
  const said = scene.body(template);
  return escapesAsLookalikes(scene.plainBecause === null ? said : withEscapes(said));
}

/** Our Markdown has a twin for where only plain text can be said. */
export function robotText(scene: Scene, template: string): string {
  if (template === TITLED_MARKDOWN) return scene.body(TEXT);
  const said = scene.body(template);
  return scene.plainBecause === null ? withoutEscapes(said) : said;
}
