// Messages in words: what a case foretells is held against it, and people read it when the two sides differ.
import type { Told } from './case.ts';
import type { Heard, Outcome, Side } from './run.ts';

interface Body {
  readonly groupKey: string;
  readonly notification_reason?: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

export function toldOf(side: Side): readonly Required<Told>[] {
  return side.heard.map((heard) => {
    const { alerts } = bodyOf(heard);
    const named = (status: string): readonly string[] =>
      alerts.filter((alert) => alert.status === status).map(({ labels }) => nameOf(labels));
    return { at: heard.at, to: heard.to, firing: named('firing'), resolved: named('resolved') };
  });
}

export function tellStory({ ours, peer }: Outcome): string {
  return `Belfry:\n${tell(ours)}\nAlertmanager:\n${tell(peer)}`;
}

function tell(side: Side): string {
  const told = toldOf(side);
  const lines = side.heard.map((heard, index) => {
    const { firing, resolved } = told[index]!;
    const reason = bodyOf(heard).notification_reason ?? '';
    return `  ${heard.at.toFixed(3)} ${heard.to} ${heard.status} firing [${firing.join(' ')}] resolved [${resolved.join(' ')}] ${reason}`;
  });
  return lines.length === 0 ? '  nothing' : lines.join('\n');
}

export const groupOf = (heard: Heard): string => bodyOf(heard).groupKey;

const bodyOf = (heard: Heard): Body => JSON.parse(heard.body) as Body;

function nameOf(labels: Readonly<Record<string, string>>): string {
  const { alertname = '', instance } = labels;
  return instance === undefined ? alertname : `${alertname}/${instance}`;
}
