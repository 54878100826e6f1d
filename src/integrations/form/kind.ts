// A kind of integration made of its table, its render(), and what keys mean together.
import { Section } from '../../outbound/section.ts';
import type { Draft } from '../draft.ts';
import type { Integration, IntegrationKind } from '../integration.ts';
import type { Scene } from '../scene.ts';
import { printTable, readTable, tableSchema, type FormTable, type Values } from './form.ts';

export interface KindParts<Table extends FormTable> {
  readonly kind: string;
  readonly sendResolvedDefault: boolean;
  readonly table: Table;
  /** Refuses keys that do not go together. */
  readonly check?: (section: Section, values: Values<Table>) => void;
  readonly render: (values: Values<Table>, scene: Scene) => Draft;
}

/** `compile` with what it compiles to: for the tests of a kind. */
export type KindOf<Table extends FormTable> = Omit<IntegrationKind, 'compile'> & {
  readonly compile: (
    ...given: Parameters<IntegrationKind['compile']>
  ) => (Integration & { readonly values: Values<Table> }) | null;
};

export function integrationKind<Table extends FormTable>(parts: KindParts<Table>): KindOf<Table> {
  const { kind, sendResolvedDefault, table, check, render } = parts;
  const { properties, ...shape } = tableSchema(table);
  return {
    kind,
    key: `${kind}_configs`,
    sendResolvedDefault,
    schema: { ...shape, properties: { send_resolved: { type: ['string', 'null'], format: 'bool' }, ...properties! } },
    compile: (value, path, context) => {
      // Files of an integration are relative to the working directory, as upstream has it; only http_config knows
      // the configuration's folder.
      const section = Section.open(value, path, context.report, '');
      const values = readTable(table, section, context);
      check?.(section, values);
      if (section.refused) return null;
      return { kind, values, print: () => printTable(table, values), render: (scene) => render(values, scene) };
    },
  };
}
