// What a process shows of itself, as the oracle reads it.
import type { Final, Notified } from './history.ts';

interface SilenceJson {
  readonly id: string;
  readonly comment: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

type Labels = Readonly<Record<string, string>>;

interface NotificationJson extends Omit<Notified, 'createdAt' | 'firing'> {
  readonly createdAt: string;
  readonly message: { readonly alerts: readonly { readonly status: string; readonly labels: Labels }[] };
}

export async function readFinal(url: string): Promise<Final> {
  const silences = await get<readonly SilenceJson[]>(url, '/api/v2/silences');
  const alerts = await get<readonly { readonly labels: Labels }[]>(url, '/api/v2/alerts');
  return {
    silences: silences.map(({ id, comment, endsAt, status }) => ({
      id,
      comment,
      state: status.state,
      endsAt: Date.parse(endsAt),
    })),
    alerts: new Set(alerts.map(({ labels }) => labels['id'] ?? '')),
    notifications: await readNotifications(url),
    at: Date.now(),
  };
}

async function readNotifications(url: string): Promise<readonly Notified[]> {
  const all: Notified[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { readonly items: readonly NotificationJson[]; readonly cursor: string | null } = await get(
      url,
      `/api/belfry/v1/notifications?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    all.push(...page.items.map(notified));
    ({ cursor } = page);
  }
  return all;
}

function notified({ message, createdAt, ...row }: NotificationJson): Notified {
  const firing = message.alerts.filter(({ status }) => status === 'firing').map(({ labels }) => labels['id'] ?? '');
  return { ...row, createdAt: Date.parse(createdAt), firing };
}

async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The value of a sample without labels, or the sum over its label sets. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map((match) =>
    Number(match[1]),
  );
  return values.reduce((sum, value) => sum + value, 0);
}
