import type { Tracing } from '../../src/ports/tracer.ts';

export const noTracer: Tracing = { start: () => null, reconfigure: () => {} };
