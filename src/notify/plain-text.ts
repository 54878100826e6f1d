// A message without any template: what goes out when the user's own fail. It has to be right, not beautiful.
import type { Locale } from './locale.ts';
import type { Message, MessageAlert } from './message.ts';

const MOST_ALERTS = 20;

const WORDS = {
  en: { firing: 'FIRING', resolved: 'RESOLVED', more: 'more', because: 'A template failed, so this is plain' },
  zh: { firing: '触发中', resolved: '已恢复', more: '条未显示', because: '模板出错，以下为纯文本' },
};

export function plainText(message: Message, { language }: Locale, because: string): string {
  const words = WORDS[language];
  const shown = message.alerts.slice(0, MOST_ALERTS);
  const hidden = message.alerts.length - shown.length;
  const line = ({ status, labels, annotations }: MessageAlert): string => {
    const summary = annotations.get('summary') ?? '';
    const others = [...labels].filter(([name]) => name !== 'alertname').map(([name, value]) => `${name}=${value}`);
    const head = `[${words[status]}] ${labels.get('alertname') ?? ''} ${others.join(' ')}`.trimEnd();
    return summary === '' ? head : `${head}: ${summary}`;
  };
  return [
    ...shown.map(line),
    ...(hidden > 0 ? [`+${hidden} ${words.more}`] : []),
    ...(message.externalURL === '' ? [] : [message.externalURL]),
    `(${words.because}: ${because})`,
  ].join('\n');
}
