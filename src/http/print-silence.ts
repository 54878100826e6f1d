// A silence as JSON text. `annotations` are left out when there are none.
import { printMillis } from '../model/rfc3339.ts';
import type { Views } from '../engine/contract.ts';
import type { Matcher } from '../model/matcher.ts';

export type SilenceView = ReturnType<Views['silences']>[number];

export function printSilence({ silence, state }: SilenceView): string {
  const annotations = silence.annotations.size === 0 ? '' : `,"annotations":${silence.annotations.json}`;
  return (
    `{"id":${JSON.stringify(silence.id)},"status":{"state":"${state}"},"updatedAt":"${printMillis(silence.updatedAt)}"` +
    `${annotations},"comment":${JSON.stringify(silence.comment)},"createdBy":${JSON.stringify(silence.createdBy)},` +
    `"endsAt":"${printMillis(silence.endsAt)}","matchers":[${silence.matchers.map(printMatcher).join(',')}],` +
    `"startsAt":"${printMillis(silence.startsAt)}"}`
  );
}

const printMatcher = (matcher: Matcher): string =>
  `{"isEqual":${matcher.isEqual},"isRegex":${matcher.isRegex},"name":${JSON.stringify(matcher.name)},` +
  `"value":${JSON.stringify(matcher.value)}}`;
