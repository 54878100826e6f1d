// The two bodies of a mail, and how much of a big group they show. Gmail folds away what goes beyond some 100 kB of
// HTML, and nobody reads four hundred alerts: the mail shows as many as fit and says how many more there are.
import { Buffer } from 'node:buffer';
import { escapeHtml } from '../../template/escape-text.ts';
import type { Scene } from '../scene.ts';

export interface BodyValues {
  /** null: the default. '': no such part. */
  readonly html: string | null;
  readonly text: string | null;
}

export interface Bodies {
  readonly html: string;
  readonly text: string;
}

/** html and text each. */
const LARGEST_BODY = 90_000;
/** HTML that is too big without its alerts is still what the user wants to see. */
const LARGEST_HTML = 1_000_000;
/** A mail that was too big for the other side goes out once more with this much text. */
const LARGEST_SHORTER = 16_000;
const MOST_SHORTER = 20;
/** Rendering more in a template of the user's takes longer than anybody reads; ours know when to stop. */
const MOST_ALERTS = 500;

const MORE = {
  en: (count: number) => `+${count} more ${count === 1 ? 'alert' : 'alerts'} not shown here`,
  zh: (count: number) => `另有 ${count} 条告警未在此显示`,
};

export function fittedBodies(values: BodyValues, scene: Scene): Bodies {
  const total = scene.message.alerts.length;
  const isOurs = pageOf(values, scene) === OURS && (values.text ?? OUR_TEXT) === OUR_TEXT;
  let shown = isOurs ? total : Math.min(total, MOST_ALERTS);
  for (let before = Infinity; ;) {
    const bodies = withMore(bodiesOf(values, scene.cut(shown)), total - shown, scene);
    const bytes = Math.max(Buffer.byteLength(bodies.html), Buffer.byteLength(bodies.text));
    if (bytes <= LARGEST_BODY) return bodies;
    if (shown <= 1) return ofOneAlert(bodies, scene);
    // What does not depend on the alerts makes it too big: each rendering takes time.
    const isSlow = before - bytes < (before - LARGEST_BODY) / 2;
    const next = isSlow ? shown / 2 : Math.min(shown - 1, (shown * LARGEST_BODY) / bytes);
    shown = Math.max(1, Math.floor(next));
    before = bytes;
  }
}

function ofOneAlert({ html, text }: Bodies, scene: Scene): Bodies {
  const kept = Buffer.byteLength(html) < LARGEST_HTML ? html : '';
  return { html: kept, text: cutTo(text || (kept === '' ? scene.cut(1).body(OUR_TEXT) : ''), LARGEST_BODY) };
}

export const shortened = (scene: Scene, text: string): string =>
  cutTo(text || scene.cut(MOST_SHORTER).body(OUR_TEXT), LARGEST_SHORTER);

function bodiesOf({ html, text }: BodyValues, scene: Scene): Bodies {
  const words = text ?? OUR_TEXT;
  if (scene.plainBecause !== null) {
    const plain = scene.body(words);
    return { text: text === '' ? '' : plain, html: html === '' ? '' : asHtml(plain) };
  }
  const page = pageOf({ html }, scene);
  return { text: text === '' ? '' : scene.body(words), html: page === '' ? '' : scene.body(page, 'html') };
}

const pageOf = ({ html }: Pick<BodyValues, 'html'>, { templates }: Scene): string =>
  html ?? (templates.isOverridden('email.default.html') ? UPSTREAM : OURS);

const UPSTREAM = '{{ template "email.default.html" . }}';
const OUR_TEXT = '{{ template "belfry.email.text" . }}';
const OURS = '{{ template "belfry.email.html" . }}';

const asHtml = (plain: string): string =>
  `<!doctype html>\n<html><body><pre style="white-space: pre-wrap">${escapeHtml(plain)}</pre></body></html>\n`;

function withMore({ html, text }: Bodies, hidden: number, scene: Scene): Bodies {
  if (hidden <= 0) return { html, text };
  const more = MORE[scene.locale.language](hidden);
  const end = html.lastIndexOf('</body>');
  const line = `<p style="text-align: center">${more}</p>\n`;
  return {
    html: html === '' ? '' : end === -1 ? html + line : html.slice(0, end) + line + html.slice(end),
    text: text === '' ? '' : `${text.trimEnd()}\n\n${more}\n`,
  };
}

/** At most so many bytes of UTF-8, whole characters. */
function cutTo(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  const cut = whole.subarray(0, bytes - 4).toString();
  return `${cut.replace(/\ufffd$/, '')}…\n`;
}
