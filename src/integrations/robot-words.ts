// The words of robots whose Markdown knows no escapes, and the plain text they speak otherwise.
import { cutBytes } from '../notify/cut-text.ts';
import { escapesAsLookalikes, withEscapes, withoutEscapes } from '../notify/markdown-escapes.ts';
import { TEXT, TITLED_MARKDOWN } from './default-texts.ts';
import type { Scene } from './scene.ts';

/** @param most in bytes */
export function robotMarkdown(scene: Scene, template: string, most: number): string {
  const said = scene.body(template);
  const text = escapesAsLookalikes(scene.plainBecause === null ? said : withEscapes(said));
  return cutBytes(Buffer.byteLength(text) <= most ? text : withFewerAlerts(scene, text, most), most);
}

/** No value begins like this. */
const ALERT = /^- \*\*/;

/** What stands below our list is worth more than its end, and a link cut in two is none. */
function withFewerAlerts(scene: Scene, text: string, most: number): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => ALERT.test(line));
  const listed = lines.filter((line) => ALERT.test(line)).length;
  const total = scene.message.alerts.length;
  const below = lines.slice(first + listed + (total > listed ? 1 : 0));
  for (let shown = listed - 1; shown > 0; shown--) {
    const more = `- ${scene.text(`{{ template "belfry.more" ${total - shown} }}`)}`;
    const fewer = [...lines.slice(0, first + shown), more, ...below].join('\n');
    if (Buffer.byteLength(fewer) <= most) return fewer;
  }
  return text;
}

/** Our Markdown has a twin for where only plain text can be said. */
export function robotText(scene: Scene, template: string): string {
  if (template === TITLED_MARKDOWN) return scene.body(TEXT);
  const said = scene.body(template);
  return scene.plainBecause === null ? withoutEscapes(said) : said;
}
