// What our Slack message says that is not the user's.
import type { Language } from '../../notify/locale.ts';

interface Words {
  readonly firing: string;
  readonly resolved: string;
  readonly alerts: (count: number) => string;
  readonly ended: (count: number) => string;
  readonly since: (moment: string) => string;
  readonly lasted: (moment: string, span: string) => string;
  readonly limit: (threshold: string) => string;
  readonly more: (count: number) => string;
  readonly to: (receiver: string) => string;
  readonly joined: (count: number) => string;
  readonly over: (count: number) => string;
  readonly still: (count: number, moment: string, span: string) => string;
  readonly resolvedAfter: (span: string) => string;
  readonly plainBecause: (reason: string) => string;
  readonly runbook: string;
  readonly graph: string;
  readonly dashboard: string;
  readonly silence: string;
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    firing: 'FIRING',
    resolved: 'RESOLVED',
    alerts: (count) => plural(count, 'alert'),
    ended: (count) => `${count} resolved`,
    since: (moment) => `since ${moment}`,
    lasted: (moment, span) => `from ${moment}, for ${span}`,
    limit: (threshold) => `limit ${threshold}`,
    more: (count) => `+${count} more`,
    to: (receiver) => `for ${receiver}`,
    joined: (count) => `${plural(count, 'alert')} more:`,
    over: (count) => `${count} resolved:`,
    still: (count, moment, span) => `${plural(count, 'alert')} still firing, since ${moment} (${span})`,
    resolvedAfter: (span) => `resolved after ${span}`,
    plainBecause: (reason) => `A template failed: ${reason}`,
    ...{ runbook: 'Runbook', graph: 'Graph', dashboard: 'Dashboard', silence: 'Silence' },
  },
  zh: {
    firing: '触发中',
    resolved: '已恢复',
    alerts: (count) => `${count} 条告警`,
    ended: (count) => `${count} 条已恢复`,
    since: (moment) => `自 ${moment}`,
    lasted: (moment, span) => `自 ${moment}，持续 ${span}`,
    limit: (threshold) => `阈值 ${threshold}`,
    more: (count) => `还有 ${count} 条`,
    to: (receiver) => `接收器 ${receiver}`,
    joined: (count) => `新增 ${count} 条告警：`,
    over: (count) => `${count} 条已恢复：`,
    still: (count, moment, span) => `${count} 条告警仍在触发，自 ${moment}（${span}）`,
    resolvedAfter: (span) => `已恢复，持续 ${span}`,
    plainBecause: (reason) => `模板出错：${reason}`,
    ...{ runbook: '处理手册', graph: '图表', dashboard: '仪表盘', silence: '静默' },
  },
};
