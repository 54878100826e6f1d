// Route labels: values are templates, rendered for one group at one flush. They may refer to one another through
// `routeLabels "x"`; a circle of references, or a template that fails, leaves its label out. The reason of the
// notification is not known to them: they describe the group, whoever is told. `expired`: their time is up, which
// all labels of a group share.
import type { Route } from '../config/config.ts';
import { Pairs } from '../model/pairs.ts';
import { messageData } from '../template/data.ts';
import type { TemplateSet } from '../template/template-set.ts';
import { compose, type Envelope } from './compose.ts';
import type { MessageAlert } from './message.ts';

export function renderRouteLabels(
  route: Route,
  envelope: Omit<Envelope, 'routeLabels' | 'idempotencyKey'>,
  alerts: readonly MessageAlert[],
  templates: TemplateSet,
  expired: () => boolean,
): Pairs {
  if (route.labels.length === 0) return Pairs.none;
  const plain = Pairs.from(route.labels);
  const message = compose({ ...envelope, reason: 'unknown', routeLabels: plain, idempotencyKey: '' }, alerts);
  const data = messageData(message);
  const texts = new Map(route.labels);
  const rendered = new Map<string, string | null>();
  const render = (name: string): string => {
    const known = rendered.get(name);
    if (known !== undefined) return known ?? '';
    const text = texts.get(name);
    if (text === undefined) return '';
    // While it is being rendered it reads as failed: a circle ends here.
    rendered.set(name, null);
    const template = templates.compile(text, 'text');
    const result = template.ok
      ? template.value.render(data, {
          now: envelope.at,
          budget: { expired },
          functions: { routeLabels: (other: unknown) => render(String(other)) },
        })
      : null;
    if (result?.ok === true) rendered.set(name, result.text);
    return result?.ok === true ? result.text : '';
  };
  for (const name of texts.keys()) render(name);
  return Pairs.from([...rendered].filter((entry): entry is [string, string] => entry[1] !== null));
}
