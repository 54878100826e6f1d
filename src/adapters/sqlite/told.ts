// `Told` as the text of the columns entry.told and delivery.telling.
import { keptInstant, keptTexts } from '../../model/kept.ts';
import type { Told } from '../../ports/store.ts';

export const toldText = (told: Told): string => JSON.stringify([told.at, told.expiresAt, told.firing, told.resolved]);

export function parseTold(text: string): Told {
  const [at, expiresAt, firing, resolved] = JSON.parse(text) as readonly unknown[];
  return {
    at: keptInstant(at),
    firing: keptTexts(firing),
    resolved: keptTexts(resolved),
    expiresAt: keptInstant(expiresAt),
  };
}
