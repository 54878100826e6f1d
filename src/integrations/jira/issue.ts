// An issue as Jira's REST API has it, and the question by which it is found again.
import { goJson, goJsonMap, goJsonObject, type Json } from '../../model/go-json.ts';
import { goQuote } from '../../model/go-quote.ts';
import { compareUtf8 } from '../../model/order.ts';
import type { DurationMs } from '../../model/time.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { Message } from '../../notify/message.ts';
import type { HttpConfig } from '../../outbound/http-config.ts';
import { renderPayload, type Payload } from '../form/payload.ts';
import type { Scene } from '../scene.ts';
import { documentOf } from './document.ts';

export interface FieldValues {
  readonly template: string;
  /** null when it is not said, which is yes. */
  readonly enableUpdate: boolean | null;
}

export interface JiraValues {
  readonly httpConfig: HttpConfig;
  readonly apiUrl: string;
  readonly apiType: 'auto' | 'cloud' | 'datacenter';
  readonly project: string;
  readonly summary: FieldValues;
  readonly description: FieldValues;
  readonly labels: readonly string[];
  readonly priority: string;
  readonly issueType: string;
  readonly reopenTransition: string;
  readonly resolveTransition: string;
  readonly wontFixResolution: string;
  readonly reopenDuration: DurationMs;
  readonly fields: ReadonlyMap<string, Payload>;
}

const LONGEST_SUMMARY = 255;
const LONGEST_DESCRIPTION = 32_767;
const MINUTE_MS = 60_000;

const labelOf = (message: Message): string => `ALERT{${groupHash(message)}}`;

interface Asked {
  readonly project: string;
  readonly message: Message;
}

/** What is open; for what fires also what was closed a short while ago, if it can be opened again. */
export function jqlOf(values: JiraValues, { project, message }: Asked): string {
  const { wontFixResolution, reopenTransition, reopenDuration } = values;
  const minutes = Math.floor(reopenDuration / MINUTE_MS);
  const reopens = message.status === 'firing' && reopenTransition !== '' && minutes > 0;
  return [
    // An open issue has no resolution, and `!=` alone would leave it out.
    ...(wontFixResolution === '' ? [] : [`(resolution is EMPTY or resolution != ${goQuote(wontFixResolution)})`]),
    reopens ? `(resolutiondate is EMPTY OR resolutiondate >= -${minutes}m)` : 'statusCategory != Done',
    `project=${goQuote(project)}`,
    `labels=${goQuote(labelOf(message))} order by status ASC,resolutiondate DESC`,
  ].join(' and ');
}

/** The bodies that make an issue, and that write it again. */
export interface Issue {
  readonly created: string;
  readonly updated: string;
}

type Members = readonly (readonly [name: string, json: string])[];

export function issueOf(values: JiraValues, project: string, scene: Scene): Issue {
  const priority = scene.text(values.priority);
  const labels = [...values.labels.map((label) => scene.text(label)), labelOf(scene.message)].sort(compareUtf8);
  const said = (name: string, value: Json): Members => [[name, goJson(value)]];
  const summary = said('summary', summaryOf(values, scene));
  const found = descriptionOf(values, scene);
  const description = found === null ? [] : said('description', found);
  const rest: Members = [
    ...said('issuetype', { name: scene.address(values.issueType) }),
    ...said('labels', labels),
    ...(priority === '' ? [] : said('priority', { name: priority })),
    ...said('project', { key: project }),
    ...ownFields(values, scene),
  ];
  const bodyOf = (members: Members): string => goJsonObject([['fields', goJsonMap(members)]]);
  return {
    created: bodyOf([...summary, ...description, ...rest]),
    updated: bodyOf([
      ...(values.summary.enableUpdate === false ? [] : summary),
      ...(values.description.enableUpdate === false ? [] : description),
      ...rest,
    ]),
  };
}

/** Jira takes no issue without one, and none of several lines. */
function summaryOf({ summary }: JiraValues, scene: Scene): string {
  const text = scene.marked(scene.text(summary.template) || scene.unmarked(''));
  return cutRunes(text.replaceAll(/[\r\n]+/g, ' '), LONGEST_SUMMARY);
}

/** Version 3 of the API takes documents, which a template may be the JSON of. */
function descriptionOf({ description, apiUrl }: JiraValues, scene: Scene): Json | null {
  const text = scene.unmarked(description.template);
  if (!/\/3\/*$/.test(new URL(apiUrl).pathname)) return cutRunes(text, LONGEST_DESCRIPTION) || null;
  return text.trim() === '' ? null : documentOf(text.trim(), LONGEST_DESCRIPTION);
}

/** The names are taken as they are, those further in are templates. In the plain message there are none of these. */
function ownFields({ fields }: JiraValues, scene: Scene): Members {
  return [...fields].flatMap(([name, value]) => {
    let hasTemplate = false;
    const json = renderPayload(value, (text) => {
      hasTemplate ||= text.includes('{{');
      return scene.text(text);
    });
    return scene.plainBecause !== null && hasTemplate ? [] : [[name, json] as const];
  });
}
