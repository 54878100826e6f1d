// What notification templates have beyond upstream's functions.
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/notify/message.ts';
import { sampleMessage } from '../../support/integration-scene.ts';
import { rendered, type Reader } from '../../support/rendered.ts';

const TEXT: Reader = { lang: 'en', timezone: 'UTC' };
const HTML: Reader = { ...TEXT, mode: 'html' };
const MESSAGE = sampleMessage();

describe('`include`', () => {
  it.each<[string, Reader, string, string]>([
    [
      'gives what a template makes',
      TEXT,
      '{{ define "a" }}<{{ . }}>{{ end }}{{ include "a" 1 | toJson }}',
      '"\\u003c1\\u003e"',
    ],
    ['leaves what was written before', TEXT, '{{ define "a" }}in{{ end }}out {{ include "a" . }} out', 'out in out'],
    [
      'hides the variables around',
      TEXT,
      '{{ $x := 1 }}{{ define "a" }}{{ $ }}{{ end }}{{ include "a" 2 }}{{ $x }}',
      '21',
    ],
    [
      'is escaped in HTML like any text',
      HTML,
      '{{ define "a" }}<{{ . }}>{{ end }}<b>{{ include "a" "&" }}</b>',
      '<b>&lt;&amp;&gt;</b>',
    ],
    [
      'is escaped in a link',
      HTML,
      '{{ define "a" }}javascript:x{{ end }}<a href="{{ include "a" . }}">',
      '<a href="#ZgotmplZ">',
    ],
  ])('%s', (_what, reader, template, expected) => {
    expect(rendered(template, MESSAGE, reader)).toBe(expected);
  });

  it('fails for a template that is not there, at its place', () => {
    expect(() => rendered('a\n{{ include "none" . }}', MESSAGE, TEXT)).toThrow(
      'template: :2:3: executing "" at <include "none" .>: error calling include: template "none" not defined',
    );
  });
});

describe('`wrap`', () => {
  it('breaks a text into lines', () => {
    expect(rendered('{{ "one two three" | wrap 8 }}', MESSAGE, TEXT)).toBe('one two\nthree');
  });
});

describe('`shortMiddle`', () => {
  it.each<[string, string, string]>([
    ['leaves what fits', 'one two', 'one two'],
    ['keeps both ends, by characters', '😀😀😀😀b😀😀😀😀', '😀😀😀😀…😀😀😀'],
    ['makes one line of several', ' one\\n\\ttwo ', 'one two'],
    ['of a very long text, too', `ab${'x'.repeat(5000)}yz`, 'abxx…xyz'],
  ])('%s', (_what, text, expected) => {
    expect(rendered(`{{ shortMiddle 7 "${text}" }}`, MESSAGE, TEXT)).toBe(expected);
  });

  it('of no room is nothing', () => expect(rendered('{{ shortMiddle -1 "ab" }}', MESSAGE, TEXT)).toBe('…'));
});

describe('`short`', () => {
  it.each<[string, string, string]>([
    ['leaves what fits', 'one two', 'one two'],
    ['makes one line of several', ' one\\n\\ttwo\\u2028 ', 'one two'],
    ['cuts by characters, not in the middle of one', '😀😀😀😀😀😀😀😀😀', '😀😀😀😀😀😀😀…'],
  ])('%s', (_what, text, expected) => {
    expect(rendered(`{{ "${text}" | short 7 }}`, MESSAGE, TEXT)).toBe(expected);
  });
});

describe('alerts', () => {
  const of = (...severities: readonly string[]): Message =>
    sampleMessage(
      severities.map((text) => {
        const [severity = '', status] = text.split(' ');
        return { labels: { alertname: 'X', severity, id: text }, status: status === 'over' ? 'resolved' : 'firing' };
      }),
    );
  const worst = (most: number): string => `{{ range .Alerts.Worst ${most} }}{{ .Labels.id }},{{ end }}`;

  it.each<[string, Message, number, string]>([
    ['come worst first', of('info', 'warning', 'PAGE', 'error'), 9, 'PAGE,error,warning,info,'],
    ['come firing first', of('critical over', 'info', 'critical'), 9, 'critical,info,critical over,'],
    ['come as they were among equals', of('p1', 'critical', 'fatal'), 9, 'p1,critical,fatal,'],
    [
      'come between warning and info when nobody knows the word',
      of('info', 'lila', 'warning'),
      9,
      'warning,lila,info,',
    ],
    ['are no more than asked for', of('info', 'critical', 'warning'), 2, 'critical,warning,'],
    ['are none for none', of('info'), 0, ''],
  ])('%s', (_what, message, most, expected) => {
    expect(rendered(worst(most), message, TEXT)).toBe(expected);
  });

  it('tell the values of a label, each once', () => {
    const message = sampleMessage([
      { labels: { a: 'y' } },
      { labels: { a: 'x' } },
      { labels: {} },
      { labels: { a: 'y' } },
    ]);
    expect(rendered('{{ .Alerts.Distinct "a" | join "," }}', message, TEXT)).toBe('y,x');
  });
});

it('a character written by its number is no repeat in a regular expression', () => {
  expect(rendered('{{ reReplaceAll "[\\\\x{2028}\\\\x{fffd}]+" " " "a\u2028b" }}', MESSAGE, TEXT)).toBe('a b');
});
