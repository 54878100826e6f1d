// A span around each attempt to deliver a message: what is sent for it goes under it.
import { messageOf } from '../model/error-message.ts';
import type { Courier } from '../ports/courier.ts';
import type { Span, Tracer } from '../ports/tracer.ts';
import { integrationName } from './generation.ts';

export function traceCourier(courier: Courier, tracer: Tracer): Courier {
  return {
    deliver(integration, letter) {
      const span = tracer.start('notify.Integration.Notify', letter.trace ?? null, 'client');
      if (span === null) return courier.deliver(integration, letter);
      const { message, attempt } = letter;
      span.set({
        'alerting.notify.integration.name': integration.config.kind,
        'alerting.notify.receiver.name': message.receiver,
        'alerting.aggregation_group.key': message.groupKey,
        'alerting.alerts.count': message.alerts.length,
        'belfry.integration': integrationName(integration),
        'belfry.notification.reason': message.reason,
        ...(attempt === undefined ? {} : { 'belfry.attempt': attempt }),
      });
      return told(span, courier.deliver(integration, { ...letter, trace: span }));
    },
  };
}

async function told(span: Span, delivering: ReturnType<Courier['deliver']>): ReturnType<Courier['deliver']> {
  try {
    const delivered = await delivering;
    const { outcome, templateError } = delivered;
    span.set({ 'belfry.outcome': outcome.kind, 'alerting.notify.error.recoverable': outcome.kind === 'retry' });
    if (templateError !== null) span.event('a template failed', { 'exception.message': templateError });
    if (outcome.kind !== 'delivered') {
      span.set({ 'error.type': outcome.reason });
      span.fail(outcome.detail);
    }
    return delivered;
  } catch (error) {
    span.fail(messageOf(error));
    throw error;
  } finally {
    span.end();
  }
}
